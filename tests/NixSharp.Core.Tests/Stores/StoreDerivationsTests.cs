using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class StoreDerivationsTests : StoreFixture
{
    private static DerivationBuilder Simple { get; } = new() { Name = "simple", System = "x86_64-linux", Builder = "/bin/sh" };

    [Theory]
    [InlineData("")]
    [InlineData("file://")]
    public async Task Derivations_are_added_to_a_store_of_any_kind_and_loaded_from_there(string scheme)
    {
        await using var store = await NixStore.OpenAsync($"{scheme}{Folder["any"]}");
        var source = await store.AddTextAsync("source", "x");
        var bottom = Simple.WithSources(source).WithVariable("bytes", "\udcc5\udcff").Build();
        var (left, right) = ((Simple with { Name = "left" }).WithInput(bottom).Build(), (Simple with { Name = "right" }).WithInput(bottom).Build());
        var top = (Simple with { Name = "top" }).WithInput(left).WithInput(right).Build();
        Assert.Equal(top.Path, await top.AddToAsync(store));
        Assert.Equal(top.Path, await top.AddToAsync(store));
        var graph = await store.LoadDerivationsAsync([top.Path]);
        Assert.Equal(top.GetClosure().Select(static item => item.Path).Order(), graph.Paths.Order());
        graph.Check();
        Assert.Equal(bottom.Derivation, await store.ReadDerivationAsync(bottom.Path));
        Assert.Equal(top.Hash.Value, graph.Describe(top.Path).Hash.Value);
        Assert.Equal([source], (await store.QueryPathInfoAsync(bottom.Path))!.References);
        Assert.Equal([.. new[] { left.Path, right.Path }.Order()], (await store.QueryPathInfoAsync(top.Path))!.References);
    }

    [Theory]
    [InlineData("")]
    [InlineData("file://")]
    public async Task A_derivation_that_is_missing_or_is_none_is_named(string scheme)
    {
        await using var store = await NixStore.OpenAsync($"{scheme}{Folder["any"]}");
        var missing = Simple.Build().Path;
        foreach (var load in (Func<Task>[])[() => store.LoadDerivationsAsync([missing]), () => store.ReadDerivationAsync(missing)])
        {
            var error = await Assert.ThrowsAsync<NixFormatException>(load);
            Assert.Equal(NixErrorCodes.DerivationInputMissing, error.Code);
            Assert.Contains(missing.ToString(), error.Message, StringComparison.Ordinal);
        }

        var text = await store.AddTextAsync("text", "x");
        Assert.Equal(NixErrorCodes.InvalidDerivation, (await Assert.ThrowsAsync<NixFormatException>(() => store.LoadDerivationsAsync([text]))).Code);
    }

    [Fact]
    public void Each_derivation_is_asked_for_and_hashed_once()
    {
        var derivations = new Dictionary<StorePath, Derivation>();
        var built = new List<StoreDerivation>();
        for (var i = 0; i < 50; i++)
        {
            // Each needs all before it: without memory, the paths through the graph would be 2 to the 49th.
            var builder = built.Aggregate(Simple with { Name = $"d{i}" }, static (current, input) => current.WithInput(input));
            built.Add(builder.Build());
            derivations.Add(built[^1].Path, built[^1].Derivation);
        }

        var asked = new List<StorePath>();
        var hashes = new DerivationHashes(path =>
        {
            asked.Add(path);
            return derivations[path];
        });
        Assert.Equal(built[^1].Hash.Value, hashes.OfInput(built[^1].Path).Value);
        Assert.Equal(50, asked.Count);
        Assert.Equal(50, asked.Distinct().Count());
    }
}
