using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;
using NixSharp.Configuration;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Formats;

/// <summary>What a writer writes, its reader reads as the same: for every pair of formats.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Derivations_as_ATerms() => ForAll(static random =>
    {
        var derivation = random.Derivation();
        var again = Derivation.Parse(derivation.ToAterm(), derivation.ComputePath());
        Assert.Equal(derivation, again);
        Assert.Equal(derivation.ComputePath(), again.ComputePath());
    });

    [Theory]
    [InlineData(DerivationJsonFormat.Nix23)]
    [InlineData(DerivationJsonFormat.Nix215)]
    [InlineData(DerivationJsonFormat.Nix218)]
    [InlineData(DerivationJsonFormat.Nix223)]
    [InlineData(DerivationJsonFormat.Nix230)]
    [InlineData(DerivationJsonFormat.Version3)]
    [InlineData(DerivationJsonFormat.Version4)]
    public void Derivations_as_JSON(DerivationJsonFormat format) => ForAll(random =>
    {
        var derivation = random.Derivation();
        if (format < DerivationJsonFormat.Nix218)
        {
            // Those layouts have no place for outputs of derivations that are outputs.
            derivation = derivation with { InputDerivations = derivation.InputDerivations.ToDictionary(static pair => pair.Key, static pair => pair.Value with { DynamicOutputs = new Dictionary<string, DerivationInput>() }) };
        }

        Assert.Equal(derivation, Assert.Single(DerivationJson.Parse(JsonText.Format(DerivationJson.Write(derivation, format)), derivation.Name)).Value);
        var path = derivation.ComputePath();
        var shown = DerivationJson.Write(new Dictionary<StorePath, Derivation> { [path] = derivation }, format);
        var (again, read) = Assert.Single(DerivationJson.Parse(JsonText.Format(shown)));
        Assert.Equal((path, derivation), (again, read));
    });

    [Fact]
    public void Strings_as_bytes() => Prop.ForAll<byte[]>(static bytes => ByteText.ToBytes(ByteText.FromBytes(bytes)).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Strings_are_ordered_as_their_bytes_are() => ForAll(static random =>
    {
        var (left, right) = (random.Text(), random.Text());
        Assert.Equal(Math.Sign(ByteText.ToBytes(left).AsSpan().SequenceCompareTo(ByteText.ToBytes(right))), Math.Sign(ByteText.Comparer.Compare(left, right)));
    });

    [Fact]
    public void Store_paths_hashes_and_content_addresses() => ForAll(static random =>
    {
        var (path, hash, address) = (random.Path(), random.Hash(), random.Address());
        Assert.Equal(path, StorePath.Parse(path.ToString()));
        Assert.Equal(path, StorePathJson.Read(StorePathJson.Write(path)));
        Assert.All(Enum.GetValues<HashFormat>(), format => Assert.Equal(hash, NixHash.Parse(hash.ToString(format))));
        Assert.Equal(hash, NixHashJson.Read(NixHashJson.Write(hash)));
        Assert.Equal(address, ContentAddress.Parse(address.ToString()));
        Assert.Equal(address, ContentAddressJson.Read(ContentAddressJson.Write(address)));
    });

    [Fact]
    public void Outputs_and_derived_paths() => ForAll(static random =>
    {
        var (outputs, path, single) = (random.Outputs(), random.Derived(), random.Derived(single: true));
        Assert.Equal(outputs, OutputsSpec.Parse(outputs.ToString()));
        Assert.Equal(outputs, OutputsSpecJson.Read(OutputsSpecJson.Write(outputs)));
        Assert.Equal(path, DerivedPath.Parse(path.ToString()));
        Assert.Equal(path, DerivedPath.ParseLegacy(path.ToLegacyString()));
        Assert.Equal(path, DerivedPathJson.Read(DerivedPathJson.Write(path)));
        Assert.Equal(single, DerivedPathJson.ReadSingle(DerivedPathJson.WriteSingle(single)));
    });

    [Fact]
    public void Realisations_entries_of_the_build_trace_and_results_of_builds() => ForAll(static random =>
    {
        var realisation = random.Realisation();
        var json = RealisationJson.Write(realisation);
        Assert.Equal(realisation.Id, DerivationOutputId.Parse(realisation.Id.ToString()));
        Assert.Equal(json, RealisationJson.Write(RealisationJson.Read(json)), JToken.EqualityComparer);
        var entry = new BuildTraceEntry { Derivation = random.Path(".drv"), OutputName = random.Name(), OutputPath = random.Path(), Signatures = realisation.Signatures };
        var entryJson = BuildTraceEntryJson.Write(entry);
        Assert.Equal(entryJson, BuildTraceEntryJson.Write(BuildTraceEntryJson.Read(entryJson)), JToken.EqualityComparer);
        var path = random.Derived();
        var result = random.Result(path);
        var written = BuildResultJson.WriteWithRealisations(result);
        var read = BuildResultJson.Read(written, path, static _ => throw new InvalidOperationException("The realisations have their own."));
        Assert.Equal(written, BuildResultJson.WriteWithRealisations(read), JToken.EqualityComparer);
        var newer = BuildResultJson.Write(result);
        Assert.Equal(newer, BuildResultJson.Write(BuildResultJson.Read(newer, path, name => result.BuiltOutputs[name].Id)), JToken.EqualityComparer);
    });

    [Theory]
    [InlineData(PathInfoJsonFormat.List)]
    [InlineData(PathInfoJsonFormat.Version1)]
    [InlineData(PathInfoJsonFormat.Version2)]
    [InlineData(PathInfoJsonFormat.Version3)]
    public void Path_infos_as_JSON(PathInfoJsonFormat format) => ForAll(random =>
    {
        var infos = random.Some(random.Info).DistinctBy(static info => info.Path).ToList();
        var json = PathInfoJson.Write(infos, format);
        Assert.Equal(infos.Select(Describe), PathInfoJson.Read(JsonText.Parse(JsonText.Format(json))).Select(Describe));
    });

    [Fact]
    public void Registrations() => ForAll(static random =>
    {
        var infos = random.Some(random.Info);
        using var text = new StringWriter();
        PathRegistrations.Write(text, infos);
        var read = PathRegistrations.Read(new StringReader(text.ToString())).ToList();
        using var again = new StringWriter();
        PathRegistrations.Write(again, read);
        Assert.Equal(text.ToString(), again.ToString());
        Assert.Equal(infos.Select(static info => (info.Path, info.NarHash, info.NarSize, info.Deriver)), read.Select(static info => (info.Path, info.NarHash, info.NarSize, info.Deriver)));
    });

    [Fact]
    public void Build_machines_and_configurations() => ForAll(static random =>
    {
        var machines = random.Some(random.Machine);
        Assert.Equal(machines, BuildMachine.ParseAll(string.Join(random.Coin() ? "\n" : " ; ", machines)));
        var configuration = NixConfiguration.Empty;
        for (var count = random.Next(5); count > 0; count--)
        {
            configuration = configuration.With(random.Pick("cores", "substituters", "extra-substituters", "gc-keep-outputs", "x"), random.Pick("1", "a b", "", "true"));
        }

        Assert.Equal(configuration.ToString(), NixConfiguration.Parse(configuration.ToString()).ToString());
    });

    [Theory]
    [InlineData(NarListingFormat.Nix20)]
    [InlineData(NarListingFormat.Nix215)]
    [InlineData(NarListingFormat.Nix235)]
    public void Listings(NarListingFormat format) => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var index = NarIndex.Read(new MemoryStream(Nar.RandomTree.ToNar(seed)));
        var json = NarListing.WriteFile(index, format);
        Assert.Equal(json, NarListing.WriteFile(NarListing.Parse(json), format), JToken.EqualityComparer);
    }).QuickCheckThrowOnFailure();

    private static string Describe(PathInfo info) => JsonText.Format(PathInfoJson.WriteOne(info));

    private static void ForAll(Action<RandomValues> property) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => property(new RandomValues(seed))).QuickCheckThrowOnFailure();
}
