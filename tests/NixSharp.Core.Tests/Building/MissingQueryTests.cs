using NixSharp.Core.Tests.Stores.Caches;
using NixSharp.Core.Tests.Stores.Copying;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;
using Xunit;

namespace NixSharp.Core.Tests.Building;

public sealed class MissingQueryTests : CacheFixture
{
    [Fact]
    public async Task Paths_and_all_that_they_need_are_fetched_with_the_sizes_that_a_cache_states()
    {
        await using var cache = await OpenCacheAsync("compression=xz");
        await using var store = OpenStore();
        var there = await store.AddTextAsync("there", "there");
        Assert.Equal(there, await cache.AddTextAsync("there", "there"));
        var below = await cache.AddTextAsync("below", new string('x', 10_000));
        var top = await cache.AddTextAsync("top", $"on {below}, {there}", [below, there]);
        var missing = await store.QueryMissingAsync([DerivedPath.Of(top), DerivedPath.Of(there), DerivedPath.Of(Stranger)], From(cache));

        Assert.Equal(((StorePath[])[below, top]).Order(), missing.WillSubstitute);
        Assert.Equal([Stranger], missing.Unknown);
        Assert.Empty(missing.WillBuild);
        var (first, second) = ((await cache.QueryNarInfoAsync(below))!, (await cache.QueryNarInfoAsync(top))!);
        Assert.Equal(first.FileSize + second.FileSize, missing.DownloadSize);
        Assert.Equal(first.PathInfo.NarSize + second.PathInfo.NarSize, missing.NarSize);
        Assert.True(missing.DownloadSize < missing.NarSize);
        Assert.Equal([there], await store.ListAsync());
    }

    [Fact]
    public async Task Nobody_is_asked_where_nothing_is_to_be_fetched()
    {
        await using var cache = await OpenCacheAsync();
        var path = await cache.AddTextAsync("text", "text");
        await using var store = OpenStore();
        foreach (var options in (BuildOptions?[])[null, From(cache) with { UseSubstitutes = false }])
        {
            var missing = await store.QueryMissingAsync([DerivedPath.Of(path)], options);
            Assert.Equal([path], missing.Unknown);
            Assert.Empty(missing.WillSubstitute);
            Assert.Equal((0, 0), (missing.DownloadSize, missing.NarSize));
        }
    }

    [Fact]
    public async Task What_is_built_has_its_inputs_fetched_and_what_is_fetched_needs_none()
    {
        await using var store = OpenStore();
        await using var cache = await OpenCacheAsync();
        var tool = await MakeAsync(store, "tool");
        var library = await MakeAsync(store, "library", tool);
        var top = await MakeAsync(store, "top", library);
        var data = await cache.AddTextAsync("data", "data");
        Assert.Equal(
            ((StorePath[])[tool.Path, library.Path, top.Path]).Order(),
            (await store.QueryMissingAsync([OutputsOf(top)], From(cache))).WillBuild);

        await AddOutputAsync(cache, library, references: data);
        var missing = await store.QueryMissingAsync([OutputsOf(top)], From(cache));
        Assert.Equal([top.Path], missing.WillBuild);
        Assert.Equal(((StorePath[])[data, OutputOf(library)]).Order(), missing.WillSubstitute);

        await AddOutputAsync(cache, top);
        missing = await store.QueryMissingAsync([OutputsOf(top)], From(cache));
        Assert.Empty(missing.WillBuild);
        Assert.Equal([OutputOf(top)], missing.WillSubstitute);
        Assert.Empty(missing.Unknown);
    }

    [Fact]
    public async Task A_derivation_that_forbids_it_is_built()
    {
        await using var store = OpenStore();
        await using var cache = await OpenCacheAsync();
        var derivation = Describe("own").WithVariable("allowSubstitutes", "").Build();
        await derivation.AddToAsync(store);
        await AddOutputAsync(cache, derivation);
        var missing = await store.QueryMissingAsync([OutputsOf(derivation)], From(cache));
        Assert.Equal([derivation.Path], missing.WillBuild);
        Assert.Empty(missing.WillSubstitute);
    }

    [Fact]
    public async Task Only_the_outputs_that_are_wanted_count()
    {
        await using var store = OpenStore();
        await using var cache = await OpenCacheAsync();
        var derivation = (Describe("several") with { Outputs = ["out", "dev"] }).Build();
        await derivation.AddToAsync(store);
        await AddOutputAsync(cache, derivation);
        var missing = await store.QueryMissingAsync([DerivedPath.Of(derivation.Path, OutputsSpec.Of("out"))], From(cache));
        Assert.Empty(missing.WillBuild);
        Assert.Equal([OutputOf(derivation)], missing.WillSubstitute);

        missing = await store.QueryMissingAsync([OutputsOf(derivation)], From(cache));
        Assert.Equal([derivation.Path], missing.WillBuild);
        Assert.Empty(missing.WillSubstitute);
    }

    [Fact]
    public async Task Where_nobody_has_what_an_output_needs_it_is_built_and_a_path_is_unknown()
    {
        await using var store = OpenStore();
        await using var cache = await OpenCacheAsync();
        var derivation = await MakeAsync(store, "needy");
        var needed = await cache.AddTextAsync("needed", "needed");
        var path = await cache.AddTextAsync("path", $"{needed}", [needed]);
        await AddOutputAsync(cache, derivation, references: needed);
        var without = new AlteredStore(cache) { Info = info => info.Path == needed ? null : info };
        var missing = await store.QueryMissingAsync([OutputsOf(derivation), DerivedPath.Of(path)], From(without));
        Assert.Equal([derivation.Path], missing.WillBuild);
        Assert.Equal(((StorePath[])[needed, path]).Order(), missing.Unknown);
        Assert.Empty(missing.WillSubstitute);
    }

    [Fact]
    public async Task A_substituter_that_does_not_answer_has_nothing_and_the_next_is_asked()
    {
        await using var store = OpenStore();
        await using var other = OpenStore("other");
        var path = await other.AddTextAsync("text", "text");
        var down = new AlteredStore(other) { Info = static _ => throw new InvalidDataException("the cable is cut") };
        Assert.Equal([path], (await store.QueryMissingAsync([DerivedPath.Of(path)], From(down))).Unknown);
        var missing = await store.QueryMissingAsync([DerivedPath.Of(path)], From(down, other));
        Assert.Equal([path], missing.WillSubstitute);
        Assert.Equal((0, (await other.GetPathInfoAsync(path)).NarSize), (missing.DownloadSize, missing.NarSize));
    }

    [Fact]
    public async Task A_stranger_s_sizes_add_up_to_no_more_than_there_can_be()
    {
        await using var store = OpenStore();
        await using var other = OpenStore("other");
        DerivedPath[] paths = [DerivedPath.Of(await other.AddTextAsync("one", "one")), DerivedPath.Of(await other.AddTextAsync("two", "two"))];
        var boasting = new AlteredStore(other) { Info = static info => info with { NarSize = long.MaxValue - 1 } };
        Assert.Equal(long.MaxValue, (await store.QueryMissingAsync(paths, From(boasting))).NarSize);
    }

    [Fact]
    public async Task A_derivation_that_is_not_there_is_unknown()
    {
        await using var store = OpenStore();
        var derivation = Describe("absent").Build();
        Assert.Equal([derivation.Path], (await store.QueryMissingAsync([OutputsOf(derivation)], From(store))).Unknown);
    }

    private static BuildOptions From(params INixStore[] substituters) => new() { Substituters = substituters };

    private static DerivedPath OutputsOf(StoreDerivation derivation) => DerivedPath.Of(derivation.Path, OutputsSpec.All);

    private static StorePath OutputOf(StoreDerivation derivation) => StorePath.Parse(derivation.GetOutput());

    private static DerivationBuilder Describe(string name, params StoreDerivation[] needs) =>
        needs.Aggregate(new DerivationBuilder { Name = name, System = "x86_64-linux", Builder = "/bin/sh" }, static (builder, need) => builder.WithInput(need));

    private static async Task<StoreDerivation> MakeAsync(INixStore store, string name, params StoreDerivation[] needs)
    {
        var derivation = Describe(name, needs).Build();
        await derivation.AddToAsync(store);
        return derivation;
    }

    /// <summary>Has a cache have something in the place of a derivation's output.</summary>
    private async Task AddOutputAsync(FolderCacheStore cache, StoreDerivation derivation, params StorePath[] references)
    {
        using var nar = new MemoryStream();
        await NarArchive.DumpAsync(Folder.Write("made", derivation.GetOutput()), nar);
        var info = new PathInfo { Path = OutputOf(derivation), NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()), NarSize = nar.Length, References = references };
        nar.Position = 0;
        await cache.AddNarAsync(info, nar);
    }
}
