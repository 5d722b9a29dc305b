using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Derivations;

public sealed class DerivationGoldenTests
{
    [RequiresTheory(Requirements.Golden)]
    [InlineData(GoldenDerivations.Nix28, 38)]
    [InlineData(GoldenDerivations.GoNix, 10)]
    public void Derivations_of_the_field_come_out_as_they_went_in_and_give_their_own_path(string folder, int count)
    {
        var files = GoldenDerivations.StorePathsIn(folder);
        Assert.Equal(count, files.Count);
        foreach (var (path, file) in files)
        {
            var bytes = File.ReadAllBytes(file);
            var derivation = Derivation.Parse(bytes, path);
            Assert.Equal(bytes, derivation.ToAterm());
            Assert.Equal(path, derivation.ComputePath());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Derivations_have_the_references_and_outputs_that_Nix_recorded()
    {
        var index = (JObject)GoldenData.ReadJson($"{GoldenDerivations.Nix28}/index.json")["derivations"]!;
        var derivations = GoldenDerivations.Load(GoldenDerivations.Nix28);
        Assert.Equal(index.Count, derivations.Count);
        foreach (var (path, derivation) in derivations)
        {
            var recorded = index[path.ToString()]!;
            Assert.Equal(recorded["references"]!.Values<string>(), derivation.GetReferences().Select(static reference => reference.ToString()));
            Assert.Equal(
                recorded["staticOutputPaths"]!.Values<string>().Order(StringComparer.Ordinal),
                derivation.GetOutputPaths().Values.Select(static output => output.ToString()).Order(StringComparer.Ordinal));
            var aterm = NixHash.Compute(NixHashAlgorithm.Sha256, derivation.ToAterm());
            Assert.Equal(recorded["sha256OfAterm"]!.Value<string>(), aterm.ToDigestString(HashFormat.Base16));
            Assert.Equal(recorded["ca"]!.Value<string>(), ContentAddress.Text(aterm).ToString());
        }
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("simple-derivation")]
    [InlineData("dyn-dep-derivation")]
    [InlineData("ia/advanced-attributes")]
    [InlineData("ia/advanced-attributes-defaults")]
    [InlineData("ia/advanced-attributes-structured-attrs")]
    [InlineData("ia/advanced-attributes-structured-attrs-defaults")]
    [InlineData("ca/advanced-attributes")]
    [InlineData("ca/advanced-attributes-defaults")]
    [InlineData("ca/advanced-attributes-structured-attrs")]
    [InlineData("ca/advanced-attributes-structured-attrs-defaults")]
    public void Derivations_of_Nix_own_tests_come_out_as_they_went_in(string name)
    {
        var bytes = GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/{name}.drv");
        Assert.Equal(bytes, Derivation.Parse(bytes, name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]).ToAterm());
    }

    [RequiresFact(Requirements.Golden)]
    public void A_dynamic_derivation_tells_what_it_needs_of_derivations_that_are_built_first()
    {
        var derivation = Derivation.Parse(GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/dyn-dep-derivation.drv"), "dyn-dep-derivation");
        var input = Assert.Single(derivation.InputDerivations).Value;
        Assert.Equal(["cat", "dog"], input.Outputs);
        Assert.Equal(["kitten"], input.DynamicOutputs["cat"].Outputs);
        Assert.Equal(["gosling"], input.DynamicOutputs["goose"].Outputs);
    }

    [RequiresFact(Requirements.Golden)]
    public void Bytes_that_are_not_text_survive()
    {
        var (path, file) = GoldenDerivations.StorePathsIn(GoldenDerivations.GoNix).Single(static item => item.Path.Name == "cp1252.drv");
        var derivation = Derivation.Parse(File.ReadAllBytes(file), path);
        Assert.Equal([0xc5, 0xc4, 0xd6], ByteText.ToBytes(derivation.Environment["chars"]));
    }

    [RequiresFact(Requirements.Golden)]
    public void A_derivation_whose_hashes_were_made_unreadable_still_parses_but_for_inputs_that_are_the_same()
    {
        var hello = Derivation.Parse(GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/hello.drv"), "hello-2.12.2");
        Assert.Equal(4, hello.InputDerivations.Count);
        Assert.Equal("/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-hello-2.12.2", hello.GetOutputPath("out").ToString());
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("bad-ca-fixed-path", NixErrorCodes.DerivationOutputMismatch)]
    [InlineData("bad-old-version-dyn-deps", NixErrorCodes.InvalidDerivation)]
    [InlineData("bad-version", NixErrorCodes.InvalidDerivation)]
    public void Bad_derivations_are_refused_with_the_offset(string name, string code)
    {
        var bytes = GoldenDerivations.Bytes($"{GoldenDerivations.NixTests}/{name}.drv");
        var error = Assert.Throws<NixFormatException>(() => Derivation.Parse(bytes, name));
        Assert.Equal(code, error.Code);
        Assert.NotNull(error.Offset);
    }
}
