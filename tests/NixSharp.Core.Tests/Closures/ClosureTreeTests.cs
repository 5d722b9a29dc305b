using NixSharp.Closures;
using NixSharp.StorePaths;
using Xunit;

namespace NixSharp.Core.Tests.Closures;

public sealed class ClosureTreeTests
{
    [Fact]
    public async Task What_others_need_comes_first_and_is_opened_once()
    {
        var store = new MemoryStore();
        var lib = store.Put("lib");
        var app = store.Put("app", "lib");
        var top = store.Put("top", "app", "lib");
        Assert.Equal($"{top}\n├───{lib}\n└───{app}\n    └───{lib} [...]\n", await DrawAsync(store, top));
    }

    [Fact]
    public async Task Every_root_has_a_tree()
    {
        var store = new MemoryStore();
        var lib = store.Put("lib");
        StorePath[] roots = [.. new[] { store.Put("x", "lib"), store.Put("y", "lib") }.Order()];
        Assert.Equal($"{roots[0]}\n└───{lib}\n{roots[1]}\n└───{lib} [...]\n", await DrawAsync(store, roots));
    }

    [Fact]
    public async Task A_long_chain_is_drawn()
    {
        var store = new MemoryStore();
        store.Put("p0");
        for (var number = 1; number < 2000; number++)
        {
            store.Put($"p{number}", $"p{number - 1}");
        }

        var closure = await store.GetClosureAsync(MemoryStore.PathOf("p1999"));
        await closure.WriteTreeAsync(TextWriter.Null);
    }

    [Fact]
    public async Task References_in_a_circle_are_refused()
    {
        var store = new MemoryStore();
        store.Put("a", "b");
        store.Put("b", "a");
        await Assert.ThrowsAsync<NixStoreException>(() => DrawAsync(store, store.Put("top", "a", "b")));
    }

    private static async Task<string> DrawAsync(MemoryStore store, params StorePath[] roots)
    {
        using var drawn = new StringWriter();
        await (await store.GetClosureAsync(roots)).WriteTreeAsync(drawn);
        return drawn.ToString();
    }
}
