using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Json;

public sealed class JsonGoldenTests
{
    private static readonly StorePath Foo = StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo");
    private static readonly StorePath FooDerivation = StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv");

    [RequiresFact(Requirements.Golden)]
    public void Hashes()
    {
        var hash = JsonGolden.RoundTrip("nixos-nix/src/libutil-tests/data/hash/sha256.json", NixHashJson.Read, NixHashJson.Write);
        Assert.Equal(NixHash.Compute(NixHashAlgorithm.Sha256, "asdf"u8), hash);
        JsonGolden.RoundTrip("nixos-nix/src/libutil-tests/data/hash/sha512.json", NixHashJson.Read, NixHashJson.Write);
        var blake3 = JsonText.Parse(File.ReadAllText(GoldenData.PathOf("nixos-nix/src/libutil-tests/data/hash/blake3.json")));
        Assert.Equal(NixErrorCodes.InvalidHash, Assert.Throws<NixFormatException>(() => NixHashJson.Read(blake3)).Code);
    }

    [RequiresFact(Requirements.Golden)]
    public void Store_paths_and_content_addresses()
    {
        Assert.Equal(FooDerivation, JsonGolden.RoundTrip($"{JsonGolden.Store}/store-path/simple.json", static json => StorePathJson.Read(json), StorePathJson.Write));
        Assert.Equal(
            ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, "asdf"u8)),
            JsonGolden.RoundTrip($"{JsonGolden.Store}/content-address/text.json", ContentAddressJson.Read, ContentAddressJson.Write));
        Assert.Equal(
            ContentAddress.Fixed(FileIngestionMethod.Recursive, NixHash.Compute(NixHashAlgorithm.Sha256, "qwer"u8)),
            JsonGolden.RoundTrip($"{JsonGolden.Store}/content-address/nar.json", ContentAddressJson.Read, ContentAddressJson.Write));
    }

    [RequiresFact(Requirements.Golden)]
    public void Outputs()
    {
        const string Data = $"{JsonGolden.Store}/outputs-spec";
        Assert.Equal(OutputsSpec.All, JsonGolden.RoundTrip($"{Data}/all.json", OutputsSpecJson.Read, OutputsSpecJson.Write));
        Assert.Equal(OutputsSpec.Of("a"), JsonGolden.RoundTrip($"{Data}/name.json", OutputsSpecJson.Read, OutputsSpecJson.Write));
        Assert.Equal(OutputsSpec.Of("b", "a"), JsonGolden.RoundTrip($"{Data}/names.json", OutputsSpecJson.Read, OutputsSpecJson.Write));
        Assert.Null(JsonGolden.RoundTrip($"{Data}/extended/def.json", OutputsSpecJson.ReadExtended, OutputsSpecJson.WriteExtended));
        foreach (var file in JsonGolden.FilesIn($"{Data}/extended"))
        {
            JsonGolden.RoundTrip(file, OutputsSpecJson.ReadExtended, OutputsSpecJson.WriteExtended);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Derived_paths()
    {
        const string Data = $"{JsonGolden.Store}/derived-path";
        var inner = DerivedPath.Of(FooDerivation, OutputsSpec.Of("bar"));
        Assert.Equal(new DerivedPath.Built(inner, OutputsSpec.Of("baz", "quux")), RoundTrip("multi_built_built"));
        Assert.Equal(new DerivedPath.Built(inner, OutputsSpec.All), RoundTrip("multi_built_built_wildcard"));
        Assert.Equal(DerivedPath.Of(FooDerivation), RoundTrip("multi_opaque"));
        Assert.Equal(DerivedPath.Of(FooDerivation, OutputsSpec.Of("bar", "baz")), RoundTrip("mutli_built"));
        Assert.Equal(inner, RoundTripSingle("single_built"));
        Assert.Equal(new DerivedPath.Built(inner, OutputsSpec.Of("baz")), RoundTripSingle("single_built_built"));
        Assert.Equal(DerivedPath.Of(FooDerivation), RoundTripSingle("single_opaque"));

        static DerivedPath RoundTrip(string name) => JsonGolden.RoundTrip($"{Data}/{name}.json", static json => DerivedPathJson.Read(json), DerivedPathJson.Write);
        static DerivedPath RoundTripSingle(string name) => JsonGolden.RoundTrip($"{Data}/{name}.json", static json => DerivedPathJson.ReadSingle(json), DerivedPathJson.WriteSingle);
    }

    [RequiresFact(Requirements.Golden)]
    public void Entries_of_the_build_trace_and_their_fingerprints()
    {
        const string Data = $"{JsonGolden.Store}/realisation";
        foreach (var name in (string[])["simple", "with-signature"])
        {
            var entry = JsonGolden.RoundTrip($"{Data}/{name}.json", static json => BuildTraceEntryJson.Read(json), BuildTraceEntryJson.Write);
            Assert.Equal("foo", entry.OutputName);
            Assert.Equal("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-bar.drv", entry.Derivation.BaseName);
            Assert.Equal(File.ReadAllText(GoldenData.PathOf($"{Data}/{name}-fingerprint.txt")), BuildTraceEntryJson.GetFingerprint(entry));
            JsonGolden.RoundTrip($"{Data}/{name}-sig.json", SignatureJson.Read, SignatureJson.Write);
        }

        var signed = BuildTraceEntryJson.Read(JsonText.Parse(File.ReadAllText(GoldenData.PathOf($"{Data}/with-signature.json"))));
        var unstructured = BuildTraceEntryJson.Read(JsonText.Parse(File.ReadAllText(GoldenData.PathOf($"{Data}/with-signature-unstructured.json"))));
        Assert.StartsWith("asdf:AAAA", Assert.Single(signed.Signatures), StringComparison.Ordinal);
        Assert.Equal(signed.Signatures, unstructured.Signatures);
        foreach (var name in (string[])["unkeyed-simple", "unkeyed-with-signature"])
        {
            JsonGolden.RoundTrip(
                $"{Data}/{name}.json",
                static json => BuildTraceEntryJson.ReadValue(json),
                static value => BuildTraceEntryJson.WriteValue(value.OutputPath, value.Signatures));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Realisations()
    {
        var files = JsonGolden.FilesIn("nixos-nix-old/2.34.0/libstore/realisation").Concat(JsonGolden.FilesIn("nixos-nix-old/2.32.0/libstore/realisation")).ToList();
        Assert.Equal(4, files.Count);
        foreach (var file in files)
        {
            var realisation = JsonGolden.RoundTrip(file, static json => RealisationJson.Read(json), RealisationJson.Write);
            Assert.Equal("foo", realisation.Id.OutputName);
            Assert.Equal(FooDerivation, realisation.OutputPath);
            if (file.Contains("dependent", StringComparison.Ordinal))
            {
                Assert.Equal(FooDerivation, realisation.DependentRealisations[realisation.Id]);
            }
        }

        foreach (var protocol in (string[])["common", "worker", "serve"])
        {
            JsonGolden.RoundTrip(
                $"nixos-nix-old/2.34.0/libstore/{protocol}-protocol/realisation.json",
                static json => json.Select(item => RealisationJson.Read(item)).ToList(),
                static list => new JArray(list.Select(RealisationJson.Write)));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Results_of_builds()
    {
        var id = new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8), "");
        var path = DerivedPath.Of(FooDerivation, OutputsSpec.All);
        BuildResult Read(JToken json) => BuildResultJson.Read(json, path, name => id with { OutputName = name });
        var rejected = JsonGolden.RoundTrip($"{JsonGolden.Store}/build-result/output-rejected.json", Read, BuildResultJson.Write);
        Assert.Equal((BuildStatus.OutputRejected, "no idea why", 3, false), (rejected.Status, rejected.ErrorMessage, rejected.TimesBuilt, rejected.IsSuccess));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(50), rejected.StopTime);
        Assert.Equal(BuildStatus.NotDeterministic, JsonGolden.RoundTrip($"{JsonGolden.Store}/build-result/not-deterministic.json", Read, BuildResultJson.Write).Status);
        var success = JsonGolden.RoundTrip($"{JsonGolden.Store}/build-result/success.json", Read, BuildResultJson.Write);
        Assert.Equal(TimeSpan.FromSeconds(500), success.CpuUser);
        Assert.Equal((Foo, id with { OutputName = "foo" }), (success.BuiltOutputs["foo"].OutputPath, success.BuiltOutputs["foo"].Id));
        var older = JsonGolden.RoundTrip("nixos-nix-old/2.34.0/libstore/build-result/success.json", Read, BuildResultJson.WriteWithRealisations);
        Assert.Equal("sha256:6f869f9ea2823bda165e06076fd0de4366dead2c0e8d2dbbad277d4f15c373f5!bar", older.BuiltOutputs["bar"].Id.ToString());
    }
}
