using NixSharp.Closures;
using Xunit;

namespace NixSharp.Core.Tests.Closures;

public sealed class WhyDependsTests
{
    [Fact]
    public async Task The_shortest_chain_leads_from_the_path_to_what_it_needs()
    {
        var why = await FindAsync("e", "a");
        Assert.True(why.Depends);
        Assert.Equal(["e", "c", "a"], why.ShortestChain.Select(static path => path.Name));
    }

    [Fact]
    public async Task Every_chain_is_found_once()
    {
        var chains = (await FindAsync("e", "a")).EnumerateChains().Select(static chain => string.Concat(chain.Select(static path => path.Name))).ToList();
        Assert.Equal(chains.Distinct(), chains);
        Assert.Equal(["eca", "ecba", "edba", "edca", "edcba"], chains.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_path_that_is_not_needed_has_no_chains()
    {
        var why = await FindAsync("a", "e");
        Assert.False(why.Depends);
        Assert.Empty(why.ShortestChain);
        Assert.Empty(why.EnumerateChains());
        Assert.Empty(why.References);
    }

    [Fact]
    public async Task A_path_needs_itself_by_a_chain_of_one()
    {
        var why = await FindAsync("self", "self");
        Assert.Equal(["self"], why.ShortestChain.Select(static path => path.Name));
        Assert.Single(why.EnumerateChains());
    }

    [Fact]
    public async Task The_tree_shows_each_path_s_references_once()
    {
        using var text = new StringWriter();
        await (await FindAsync("e", "a")).WriteTreeAsync(text);
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["e", "c", "a", "b", "a", "d"], lines.Take(6).Select(static line => line[^1..]));
        Assert.Equal(8, lines.Length);
        Assert.StartsWith("├───/nix/store/", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("│   ├───/nix/store/", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("└───/nix/store/", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chains_may_be_longer_than_the_program_s_stack()
    {
        var store = new MemoryStore();
        var path = store.Put("0");
        for (var i = 1; i <= 50_000; i++)
        {
            path = store.Put($"{i}", $"{i - 1}");
        }

        var why = await WhyDepends.FindAsync(store, path, MemoryStore.PathOf("0"));
        Assert.Equal(50_001, why.ShortestChain.Count);
        Assert.Single(why.EnumerateChains());
    }

    private static async Task<WhyDepends> FindAsync(string path, string dependency)
    {
        var store = new MemoryStore();
        store.Put("a");
        store.Put("b", "a");
        store.Put("c", "a", "b");
        store.Put("d", "b", "c");
        store.Put("e", "c", "d");
        store.Put("self", "self", "e");
        return await WhyDepends.FindAsync(store, MemoryStore.PathOf(path), MemoryStore.PathOf(dependency));
    }
}
