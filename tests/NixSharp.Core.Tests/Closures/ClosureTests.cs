using FsCheck;
using FsCheck.Fluent;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Closures;

public sealed class ClosureTests
{
    [Fact]
    public async Task What_is_referred_to_comes_before_what_refers_to_it()
    {
        var store = new MemoryStore();
        store.Put("glibc");
        store.Put("zlib", "glibc");
        store.Put("bash", "glibc", "bash");
        var app = store.Put("app", "bash", "zlib", "glibc");
        store.Put("unrelated", "app");
        var closure = await store.GetClosureAsync(app);
        AssertOrdered(closure);
        Assert.Equal("glibc", closure.Paths[0].Path.Name);
        Assert.Equal("app", closure.Paths[^1].Path.Name);
        Assert.Equal(4, closure.Paths.Count);
        Assert.Equal(4, store.Queries);
        Assert.True(closure.Contains(MemoryStore.PathOf("zlib")));
        Assert.False(closure.Contains(MemoryStore.PathOf("unrelated")));
        Assert.False(closure.TryGet(MemoryStore.PathOf("unrelated"), out _));
        Assert.Throws<KeyNotFoundException>(() => closure[MemoryStore.PathOf("unrelated")]);
        Assert.Equal([app], closure.Roots);
    }

    [Fact]
    public async Task The_size_is_the_sum_of_all_NARs_once()
    {
        var store = new MemoryStore();
        store.Put("a");
        store.Put("bb", "a");
        store.Put("ccc", "a", "bb");
        Assert.Equal(1001 + 1002 + 1003, (await store.GetClosureAsync(MemoryStore.PathOf("ccc"))).NarSize);
    }

    [Fact]
    public async Task The_order_of_roots_and_their_number_do_not_matter()
    {
        var store = new MemoryStore();
        store.Put("shared");
        var (x, y, z) = (store.Put("x", "shared"), store.Put("y", "shared"), store.Put("z"));
        var closure = await store.GetClosureAsync([x, y, z]);
        var again = await store.GetClosureAsync([z, y, x, y]);
        Assert.Equal(closure.Paths, again.Paths);
        Assert.Equal(closure.Roots, again.Roots);
        Assert.Equal(new[] { x, y, z }.Order(), closure.Roots);
    }

    [Fact]
    public async Task No_roots_have_an_empty_closure()
    {
        var closure = await new MemoryStore().GetClosureAsync([]);
        Assert.Empty(closure.Paths);
        Assert.Equal(0, closure.NarSize);
    }

    [Fact]
    public async Task A_missing_reference_is_an_error_that_names_it()
    {
        var store = new MemoryStore();
        var app = store.Put("app", "missing");
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.GetClosureAsync(app));
        Assert.Equal(NixErrorCodes.PathNotValid, error.Code);
        Assert.Contains(MemoryStore.PathOf("missing").ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => store.GetClosureAsync(MemoryStore.PathOf("missing")))).Code);
    }

    [Fact]
    public async Task References_in_a_circle_come_to_an_end()
    {
        var store = new MemoryStore();
        store.Put("a", "b");
        store.Put("b", "c");
        store.Put("c", "a");
        Assert.Equal(3, (await store.GetClosureAsync(MemoryStore.PathOf("a"))).Paths.Count);
    }

    [Fact]
    public async Task A_chain_as_long_as_a_store_is_walked()
    {
        const int Length = 100_000;
        var store = new MemoryStore();
        for (var number = 1; number < Length; number++)
        {
            store.Put($"p{number}", $"p{number - 1}");
        }

        store.Put("p0");
        var closure = await store.GetClosureAsync(MemoryStore.PathOf($"p{Length - 1}"));
        Assert.Equal(Enumerable.Range(0, Length).Select(static number => $"p{number}"), closure.Paths.Select(static info => info.Path.Name));
    }

    [Fact]
    public async Task Cancelling_stops_the_walk()
    {
        var store = new MemoryStore();
        var path = store.Put("a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetClosureAsync(path, new CancellationToken(true)));
    }

    [Fact]
    public void Any_graph_gives_what_can_be_reached_in_an_order_that_does_not_depend_on_the_roots() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var random = new Random(seed);
            var store = new MemoryStore();
            var count = random.Next(1, 30);
            var edges = Enumerable.Range(0, count)
                .Select(node => Enumerable.Range(0, node + 1).Where(_ => random.Next(4) == 0).ToArray())
                .ToArray();
            var paths = edges.Select((below, node) => store.Put($"p{node}", [.. below.Select(static other => $"p{other}")])).ToArray();
            var roots = Enumerable.Range(0, count).Where(_ => random.Next(3) == 0).ToArray();
            var reached = new HashSet<int>();
            void Reach(int node)
            {
                if (reached.Add(node))
                {
                    Array.ForEach(edges[node], Reach);
                }
            }

            Array.ForEach(roots, Reach);
            var closure = store.GetClosureAsync([.. roots.Select(root => paths[root])]).GetAwaiter().GetResult();
            AssertOrdered(closure);
            Assert.Equal(reached.Select(node => paths[node]).Order(), closure.Paths.Select(static info => info.Path).Order());
            var shuffled = store.GetClosureAsync([.. roots.Select(root => paths[root]).OrderBy(_ => random.Next())]).GetAwaiter().GetResult();
            Assert.Equal(closure.Paths, shuffled.Paths);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Files_are_found_where_the_store_has_them_and_nowhere_else()
    {
        using var folder = new TemporaryFolder();
        await using var local = LocalStore.Open(folder.Path);
        var path = await local.AddTextAsync("text", "hello");
        Assert.Equal("hello", File.ReadAllText((await local.GetClosureAsync(path)).GetRealPath(path)));

        var remote = new MemoryStore();
        var closure = await remote.GetClosureAsync(remote.Put("a"));
        Assert.Equal(NixErrorCodes.StoreWithoutFiles, Assert.Throws<NixStoreException>(() => closure.GetRealPath(closure.Roots[0])).Code);
    }

    private static void AssertOrdered(Closure closure)
    {
        var seen = new HashSet<StorePath>();
        foreach (var info in closure.Paths)
        {
            Assert.All(info.References.Where(reference => reference != info.Path), reference => Assert.Contains(reference, seen));
            Assert.True(seen.Add(info.Path));
        }
    }
}
