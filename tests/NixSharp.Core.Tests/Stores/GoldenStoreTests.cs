using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

/// <summary>A database that Nix 2.8.0 has written, with built, content-addressed paths and derivations in it.</summary>
public sealed class GoldenStoreTests : StoreFixture
{
    private const string Data = "generated-nix-2.8.0/store";

    private static JObject Rows => GoldenData.ReadJson($"{Data}/db.rows.json");

    [RequiresFact(Requirements.Golden)]
    public async Task Every_row_is_read()
    {
        await using var store = OpenGolden();
        var rows = Rows;
        var byId = rows["ValidPaths"]!.ToDictionary(static row => (long)row["id"]!, static row => (string)row["path"]!);
        Assert.Equal(byId.Values.Order(StringComparer.Ordinal), (await store.ListAsync()).Select(static path => path.ToString()));
        foreach (var row in rows["ValidPaths"]!)
        {
            var info = await store.GetPathInfoAsync(StorePath.Parse((string)row["path"]!));
            Assert.Equal((string)row["hash"]!, info.NarHash.ToString(HashFormat.Base16));
            Assert.Equal((long)row["narSize"]!, info.NarSize);
            Assert.Equal((long)row["registrationTime"]!, info.RegistrationTime.ToUnixTimeSeconds());
            Assert.Equal((string?)row["deriver"], info.Deriver?.ToString());
            Assert.Equal((long?)row["ultimate"] == 1, info.Ultimate);
            Assert.Equal((string?)row["sigs"] ?? "", string.Join(' ', info.Signatures));
            Assert.Equal((string?)row["ca"], info.ContentAddress?.ToString());
            Assert.Equal(
                rows["Refs"]!.Where(reference => (long)reference["referrer"]! == (long)row["id"]!).Select(reference => byId[(long)reference["reference"]!]).Order(StringComparer.Ordinal),
                info.References.Select(static path => path.ToString()));
            Assert.Equal(
                rows["Refs"]!.Where(reference => (long)reference["reference"]! == (long)row["id"]!).Select(reference => byId[(long)reference["referrer"]!]).Order(StringComparer.Ordinal),
                (await store.QueryReferrersAsync(info.Path)).Select(static path => path.ToString()));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public async Task The_rows_hold_every_kind_of_path()
    {
        await using var store = OpenGolden();
        var infos = await Task.WhenAll((await store.ListAsync()).Select(path => store.GetPathInfoAsync(path)));
        Assert.Contains(infos, static info => info.Ultimate);
        Assert.Contains(infos, static info => info.Deriver is not null);
        Assert.Contains(infos, static info => info.ContentAddress is { IsText: true });
        Assert.Contains(infos, static info => info.References.Contains(info.Path));
    }

    [RequiresFact(Requirements.Golden)]
    public async Task The_outputs_of_derivations_are_read()
    {
        await using var store = OpenGolden();
        var paths = Rows["ValidPaths"]!.ToDictionary(static row => (long)row["id"]!, static row => StorePath.Parse((string)row["path"]!));
        foreach (var outputs in Rows["DerivationOutputs"]!.GroupBy(static row => (long)row["drv"]!))
        {
            Assert.Equal(
                outputs.ToDictionary(static row => (string)row["id"]!, static row => (StorePath?)StorePath.Parse((string)row["path"]!)),
                await store.QueryDerivationOutputsAsync(paths[outputs.Key]));
            foreach (var output in outputs)
            {
                Assert.Contains(paths[outputs.Key], await store.QueryValidDeriversAsync(StorePath.Parse((string)output["path"]!)));
            }
        }
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Realisations_are_read_with_what_they_depend_on()
    {
        await using var store = OpenGolden();
        var rows = Rows["Realisations"]!.ToDictionary(static row => (long)row["id"]!);
        var paths = Rows["ValidPaths"]!.ToDictionary(static row => (long)row["id"]!, static row => StorePath.Parse((string)row["path"]!));
        foreach (var (id, row) in rows)
        {
            var realisation = await store.QueryRealisationAsync(IdOf(row));
            Assert.Equal(paths[(long)row["outputPath"]!], realisation!.OutputPath);
            Assert.Empty(realisation.Signatures);
            Assert.Equal(
                Rows["RealisationsRefs"]!.Where(reference => (long)reference["referrer"]! == id).Select(reference => IdOf(rows[(long)reference["realisationReference"]!]).ToString()).Order(StringComparer.Ordinal),
                realisation.DependentRealisations.Keys.Select(static dependency => dependency.ToString()).Order(StringComparer.Ordinal));
        }

        Assert.Null(await store.QueryRealisationAsync(new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, "nobody"u8), "out")));

        static DerivationOutputId IdOf(JToken row) => DerivationOutputId.Parse($"{(string?)row["drvPath"]}!{(string?)row["outputName"]}");
    }

    [RequiresFact(Requirements.Golden)]
    public async Task The_outputs_of_a_floating_derivation_are_what_it_was_realised_as()
    {
        await using var store = OpenGolden();
        var derivation = (await store.ListAsync()).Single(static path => path.Name == "ca-multi.drv");
        PlaceDerivation(store, derivation);
        var outputs = await store.QueryDerivationOutputsAsync(derivation);
        Assert.Equal(["dev", "out"], outputs.Keys);
        Assert.Equal(["ca-multi-dev", "ca-multi"], outputs.Values.Select(static path => path!.Value.Name));
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Path_infos_are_those_that_Nix_prints()
    {
        await using var store = OpenGolden();
        var expected = PathInfoJson.Read(JToken.Parse(File.ReadAllText(GoldenData.PathOf($"{Data}/path-info.all.v0.json"))));
        var infos = await store.QueryPathInfosAsync([.. expected.Select(static info => info.Path), Stranger]);
        Assert.Equal(expected.Count, infos.Count);
        foreach (var info in expected)
        {
            Assert.Equivalent(info, infos[info.Path], strict: true);
            Assert.Equal(info.Path, await store.QueryPathFromHashPartAsync(info.Path.HashPart.ToString()));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public async Task The_closure_is_what_Nix_says_it_is()
    {
        await using var store = OpenGolden();
        var expected = ReadPaths("top.requisites.txt");
        var top = expected.Single(static path => path.Name == "top");
        var closure = await store.GetClosureAsync(top);
        Assert.Equal(expected, closure.Paths.Select(static info => info.Path));
        var seen = new HashSet<StorePath>();
        foreach (var info in closure.Paths)
        {
            Assert.All(info.References.Where(reference => reference != info.Path), reference => Assert.Contains(reference, seen));
            seen.Add(info.Path);
        }

        Assert.Equal(ReadPaths("top.deriver.txt"), [closure[top].Deriver!.Value]);
        var sizes = Rows["ValidPaths"]!.ToDictionary(static row => (string)row["path"]!, static row => (long)row["narSize"]!);
        Assert.Equal(expected.Sum(path => sizes[path.ToString()]), closure.NarSize);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task The_tree_and_the_graphs_are_drawn_as_Nix_draws_them()
    {
        await using var store = OpenGolden();
        var closure = await store.GetClosureAsync(ReadPaths("top.requisites.txt").Single(static path => path.Name == "top"));
        await AssertSameAsync("top.tree.txt", closure.WriteTreeAsync);
        await AssertSameAsync("top.graph.dot", closure.WriteNixDotAsync);
        await AssertSameAsync("top.graphml", closure.WriteGraphMLAsync);

        static async Task AssertSameAsync(string file, Func<TextWriter, CancellationToken, Task> write)
        {
            using var drawn = new StringWriter();
            await write(drawn, default);
            Assert.Equal(File.ReadAllText(GoldenData.PathOf($"{Data}/{file}")), drawn.ToString());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public async Task The_root_that_Nix_lists_keeps_what_it_needs()
    {
        await using var store = OpenGolden();
        var root = File.ReadAllText(GoldenData.PathOf($"{Data}/gc-roots.txt")).Trim().Split(" -> ");
        var path = StorePath.Parse(root[1]);
        File.CreateSymbolicLink(Path.Combine(store.Layout.GcRoots, Path.GetFileName(root[0])), root[1]);
        Assert.Contains(path, (await store.FindRootsAsync()).Select(static found => found.Path));
        var garbage = await store.CollectGarbageAsync(new GarbageOptions { DryRun = true, KeepDerivations = false });
        var closure = await store.GetClosureAsync(path);
        Assert.Equal((await store.ListAsync()).Except(closure.Paths.Select(static info => info.Path)), garbage.Paths);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Referrers_are_what_Nix_says_they_are()
    {
        await using var store = OpenGolden();
        var lib = ReadPaths("top.requisites.txt").Single(static path => path.Name == "lib");
        Assert.Equal(ReadPaths("lib.referrers.txt").Order(), await store.QueryReferrersAsync(lib));
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Files_have_the_hashes_and_the_references_in_the_database()
    {
        await using var store = OpenGolden();
        var candidates = await store.ListAsync();
        var checkedPaths = 0;
        foreach (var file in Directory.EnumerateFiles(GoldenData.PathOf(Data), "*.nar"))
        {
            var path = StorePath.ParseBaseName(Path.GetFileNameWithoutExtension(file));
            using var stream = File.OpenRead(file);
            await NarArchive.UnpackAsync(stream, store.GetRealPath(path));
            var digest = await NarArchive.DigestAsync(store.GetRealPath(path), candidates: candidates);
            var info = await store.GetPathInfoAsync(path);
            Assert.Equal(info.NarHash, digest.Hash);
            Assert.Equal(info.NarSize, digest.Size);
            Assert.Equal(info.References, digest.References);
            checkedPaths++;
        }

        Assert.InRange(checkedPaths, 8, int.MaxValue);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task What_Nix_has_written_is_added_to()
    {
        await using var store = OpenGolden();
        var before = await store.ListAsync();
        var lib = before.Single(static path => path.Name == "lib");
        var added = await store.AddTextAsync("more", $"needs {lib}", [lib]);
        Assert.Equal(before.Append(added).Order(), await store.ListAsync());
        Assert.Contains(added, await store.QueryReferrersAsync(lib));
        await store.DeleteAsync(added);
        Assert.Equal(before, await store.ListAsync());
    }

    private LocalStore OpenGolden()
    {
        var layout = new StoreLayout(Folder["store"], StoreDirectory.Default);
        Directory.CreateDirectory(layout.Database);
        File.WriteAllBytes(Path.Combine(layout.Database, "db.sqlite"), File.ReadAllBytes(GoldenData.PathOf($"{Data}/db.sqlite")));
        File.WriteAllBytes(Path.Combine(layout.Database, "schema"), File.ReadAllBytes(GoldenData.PathOf($"{Data}/schema-version.txt")));
        return OpenStore();
    }

    private static void PlaceDerivation(LocalStore store, StorePath path) =>
        File.Copy(GoldenData.PathOf($"generated-nix-2.8.0/derivations/{path.BaseName}"), store.GetRealPath(path), overwrite: true);

    private static List<StorePath> ReadPaths(string file) =>
        [.. File.ReadAllLines(GoldenData.PathOf($"{Data}/{file}")).Select(static line => StorePath.Parse(line))];
}
