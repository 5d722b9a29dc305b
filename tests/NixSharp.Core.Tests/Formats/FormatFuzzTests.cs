using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Configuration;
using NixSharp.Core.Tests.Derivations;
using NixSharp.Core.Tests.Files;
using NixSharp.Derivations;
using NixSharp.Flakes.Logs;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Formats;

/// <summary>Inputs that are nearly right: read or refused in an orderly way, and what was read is written and read again as the same.</summary>
public sealed class FormatFuzzTests
{
    private const int Count = 1500;

    [RequiresFact(Requirements.Golden)]
    public void Derivations_from_the_field() => Run(
        [
            .. Directory.GetFiles(GoldenData.PathOf("nixos-nix/src/libstore-tests/fuzz/data/derivations")).Select(File.ReadAllBytes),
            .. GoldenDerivations.StorePathsIn(GoldenDerivations.Nix28).Take(12).Select(static item => File.ReadAllBytes(item.File)),
        ],
        ReadDerivation);

    [Fact]
    public void Derivations() => Run(Seeds(static random => random.Derivation().ToAterm()), ReadDerivation);

    [Fact]
    public void Derivations_in_JSON() => Run(
        [.. Enum.GetValues<DerivationJsonFormat>().SelectMany(format => Seeds(random => Bytes(DerivationJson.Write(random.Derivation(), format)), 3))],
        static bytes =>
        {
            foreach (var (_, derivation) in DerivationJson.Parse(ByteText.FromBytes(bytes), "name"))
            {
                Assert.Equal(derivation, Assert.Single(DerivationJson.Read(DerivationJson.Write(derivation))).Value);
            }
        });

    [RequiresFact(Requirements.Golden)]
    public void Nars() => Run(
        [
            .. Directory.GetFiles(GoldenData.PathOf("nixos-nix/src/libutil-tests/fuzz/data/nars")).Select(File.ReadAllBytes),
            .. Directory.GetFiles(GoldenData.PathOf("nixos-nix/src/libutil-tests/data/nars"), "*.nar").Select(File.ReadAllBytes),
        ],
        static bytes =>
        {
            var recorder = new TreeRecorder();
            var size = NarReader.Read(new MemoryStream(bytes), recorder);
            using var nar = new MemoryStream(bytes, 0, (int)size);
            var again = new TreeRecorder();
            NarIndex.Read(nar).CopyTo(nar, "", again);
            Assert.Equal(recorder.Lines, again.Lines);
        },
        perByte: 2000);

    [Fact]
    public void Listings() => Run(
        [.. Enum.GetValues<NarListingFormat>().SelectMany(format => Enumerable.Range(0, 5).Select(seed => Bytes(NarListing.WriteFile(NarIndex.Read(new MemoryStream(Nar.RandomTree.ToNar(seed))), format))))],
        static bytes =>
        {
            var json = NarListing.Write(NarListing.Parse(new StringReader(ByteText.FromBytes(bytes))).Root);
            Assert.Equal(json, NarListing.Write(NarListing.Parse(json).Root), JToken.EqualityComparer);
        });

    [Fact]
    public void Listings_that_lie_about_a_NAR()
    {
        var tree = Nar.RandomTree.ToNar(7);
        Run([Bytes(NarListing.Read(new MemoryStream(tree)))], bytes =>
        {
            using var nar = new MemoryStream(tree);
            NarListing.Parse(new StringReader(ByteText.FromBytes(bytes))).CopyTo(nar, "", new TreeRecorder());
        }, flat: 8 * 1024 * 1024);
    }

    [Fact]
    public void Store_paths() => RunText(
        static random => random.Path().ToString(),
        static text => Assert.Equal(text, StorePath.Parse(text).ToString()));

    [Fact]
    public void Hashes() => RunText(
        static random => random.Hash().ToString(random.Pick(Enum.GetValues<HashFormat>())),
        static text => Assert.Equal(NixHash.Parse(text), NixHash.Parse(NixHash.Parse(text).ToString())));

    [Fact]
    public void Content_addresses() => RunText(
        static random => random.Address().ToString(),
        static text => Assert.Equal(ContentAddress.Parse(text), ContentAddress.Parse(ContentAddress.Parse(text).ToString())));

    [Fact]
    public void Store_references() => RunText(
        static random => random.Machine().Store.ToString(),
        static text => Assert.Equal(StoreReference.Parse(text), StoreReference.Parse(StoreReference.Parse(text).ToString())));

    [Fact]
    public void Derived_paths() => RunText(
        static random => random.Derived().ToString(),
        static text => Assert.Equal(DerivedPath.Parse(text), DerivedPath.Parse(DerivedPath.Parse(text).ToString())));

    [Fact]
    public void Outputs() => RunText(
        static random => random.Outputs().ToString(),
        static text => Assert.Equal(OutputsSpec.Parse(text), OutputsSpec.Parse(OutputsSpec.Parse(text).ToString())));

    [Fact]
    public void Ids_of_outputs() => RunText(
        static random => random.Realisation().Id.ToString(),
        static text => Assert.Equal(DerivationOutputId.Parse(text), DerivationOutputId.Parse(DerivationOutputId.Parse(text).ToString())));

    [Fact]
    public void Build_machines() => RunText(
        static random => $"{string.Join('\n', random.Some(random.Machine))}\n@/missing/{random.Name()}",
        static text =>
        {
            var machines = BuildMachine.ParseAll(text);
            Assert.Equal(machines, BuildMachine.ParseAll(string.Join('\n', machines)));
        });

    [Fact]
    public void Configurations() => RunText(
        static random => random.Pick("cores = 1\nextra-substituters = a b # c\n", "!include missing.conf\nx = y z", "keep-outputs = yes\nmax-jobs = auto\ntimeout = 1K"),
        static text =>
        {
            var read = NixConfiguration.Parse(text);
            Assert.Equal(read.ToString(), NixConfiguration.Parse(read.ToString()).ToString());
            _ = (read.Cores, read.MaxJobs, read.KeepOutputs, read.BuildTimeout, read.Substituters);
        });

    [Fact]
    public void Registrations() => RunText(
        static random =>
        {
            using var text = new StringWriter();
            PathRegistrations.Write(text, random.Some(random.Info));
            return text.ToString();
        },
        static text => PathRegistrations.Write(TextWriter.Null, PathRegistrations.Read(new StringReader(text))));

    [Fact]
    public void Path_infos() => RunText(
        static random => PathInfoJson.Write([.. random.Some(random.Info).DistinctBy(static info => info.Path)], random.Pick(Enum.GetValues<PathInfoJsonFormat>())).ToString(Formatting.None),
        static text => PathInfoJson.Read(PathInfoJson.Write(PathInfoJson.Read(JsonText.Parse(text)))));

    [Fact]
    public void Realisations() => RunText(
        static random => RealisationJson.Write(random.Realisation()).ToString(Formatting.None),
        static text =>
        {
            var json = RealisationJson.Write(RealisationJson.Read(JsonText.Parse(text)));
            Assert.Equal(json, RealisationJson.Write(RealisationJson.Read(json)), JToken.EqualityComparer);
        });

    [Fact]
    public void Entries_of_the_build_trace() => RunText(
        static random => BuildTraceEntryJson.Write(new BuildTraceEntry { Derivation = random.Path(".drv"), OutputName = random.Name(), OutputPath = random.Path(), Signatures = random.Some(random.Signature) }).ToString(Formatting.None),
        static text => BuildTraceEntryJson.Read(JsonText.Parse(text)));

    [Fact]
    public void Results_of_builds()
    {
        var path = DerivedPath.Of(StorePath.ParseBaseName("g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv"));
        RunText(
            random => BuildResultJson.WriteWithRealisations(random.Result(path)).ToString(Formatting.None),
            text => BuildResultJson.Write(BuildResultJson.Read(JsonText.Parse(text), path, static name => new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, []), name))));
    }

    [Fact]
    public void Log_lines() => RunText(
        static random => random.Pick(
            """@nix {"action":"start","fields":["a",1],"id":98049808400389,"level":3,"text":"building","type":105,"parent":1}""",
            """@nix {"action":"result","fields":[0,1,1,0],"id":98049808400386,"type":105}""",
            """@nix {"action":"msg","level":3,"msg":"text"}"""),
        static text => Assert.Equal(NixLogLine.TryParse(text, out var line), line is not null));

    private static void ReadDerivation(byte[] bytes)
    {
        var derivation = Derivation.Parse(bytes, "name");
        Assert.Equal(derivation, Derivation.Parse(derivation.ToAterm(), "name"));
        _ = DerivationOptions.From(derivation);
        _ = derivation.Kind;
    }

    private static IReadOnlyList<byte[]> Seeds(Func<RandomValues, byte[]> make, int count = 20) =>
        [.. Enumerable.Range(0, count).Select(seed => make(new RandomValues(seed)))];

    private static byte[] Bytes(JToken json) => Encoding.UTF8.GetBytes(json.ToString(Formatting.None));

    private static void RunText(Func<RandomValues, string> make, Action<string> read) =>
        Run(Seeds(random => Encoding.UTF8.GetBytes(make(random))), bytes => read(Encoding.UTF8.GetString(bytes)));

    private static void Run(IReadOnlyList<byte[]> seeds, Action<byte[]> read, long perByte = 1000, long flat = 512 * 1024) =>
        Fuzz.Run<NixException>(seeds, read, Count, perByte, flat);
}
