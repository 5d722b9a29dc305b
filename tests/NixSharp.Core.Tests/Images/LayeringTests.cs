using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Core.Tests.Closures;
using NixSharp.Images;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class LayeringTests
{
    [Fact]
    public async Task Automatic_layers_are_those_of_nixpkgs()
    {
        var cases = JArray.Parse(await File.ReadAllTextAsync(Path.Combine(GoldenData.RepositoryRoot, "tests", "NixSharp.Core.Tests", "Images", "automatic-layers.json")));
        foreach (var known in cases)
        {
            await using var store = new MemoryStore();
            var paths = known["graph"]!.Select(node => store.Put(PathOf(node["path"]!), (long)node["narSize"]!, node["references"]!.Select(PathOf))).ToList();
            var closure = await store.GetClosureAsync(paths);
            foreach (var (limit, expected) in (JObject)known["layers"]!)
            {
                var layers = Layering.Automatic.Split(closure, int.Parse(limit, null));
                Assert.Equal(
                    expected!.Select(layer => string.Join(' ', layer)),
                    layers.Select(layer => string.Join(' ', layer.Select(path => path.BaseName))).Order(StringComparer.Ordinal));
                var sizes = layers.Select(layer => SizeOf(closure, layer)).ToList();
                Assert.Equal(sizes.Order(), sizes);
            }
        }
    }

    [Fact]
    public async Task The_order_of_nix2container_counts_referrers_only()
    {
        await using var store = new MemoryStore();
        store.Put("f");
        store.Put("g");
        store.Put("e", "f");
        store.Put("d", "f");
        store.Put("c", "d", "e");
        store.Put("b", "c", "e");
        store.Put("a", "a", "b", "g");
        var layers = Layering.Nix2Container.Split(await store.GetClosureAsync(MemoryStore.PathOf("a")), 100);

        // Popularity: f 10, e 6, d 4, c 3, g and b 2, a 1.
        Assert.Equal("f e d c", Names(layers.Take(4)));
        Assert.Equal(["b", "g"], layers.Skip(4).Take(2).Select(layer => Names([layer])).Order());
        Assert.Equal("a", Names([layers[^1]]));
    }

    [Theory]
    [InlineData(2, "a b c|d")]
    [InlineData(4, "a|b|c|d")]
    [InlineData(99, "a|b|c|d")]
    public async Task One_layer_a_path_as_far_as_the_limit_goes(int limit, string expected)
    {
        await using var store = new MemoryStore();
        var paths = "abcd".Select(name => store.Put(MemoryStore.PathOf($"{name}"), name, name == 'a' ? [] : [MemoryStore.PathOf($"{(char)(name - 1)}")])).ToList();
        Assert.Equal(expected, Describe(Layering.OnePerPath.Split(await store.GetClosureAsync(paths[^1]), limit)));
    }

    [Theory]
    [InlineData(250, 99, "a b|c d|e")]
    [InlineData(1, 99, "a|b|c|d|e")]
    [InlineData(1, 3, "a b|c d|e")]
    [InlineData(1, 1, "a b c d e")]
    public async Task Layers_by_size_are_filled_in_order(long size, int limit, string expected)
    {
        await using var store = new MemoryStore();
        var paths = "abcde".Select(name => store.Put(MemoryStore.PathOf($"{name}"), 100, name == 'a' ? [] : [MemoryStore.PathOf($"{(char)(name - 1)}")])).ToList();
        Assert.Equal(expected, Describe(Layering.BySize(size).Split(await store.GetClosureAsync(paths[^1]), limit)));
    }

    [Theory]
    [InlineData("groups:runtime-*,libc-1/app*", "libc-1 runtime-8|app-1|libicu-1")]
    [InlineData("groups:^runtime-8", "libc-1 libicu-1 runtime-8|app-1")]
    [InlineData("groups:app-1/^app-1", "app-1|libc-1 libicu-1 runtime-8")]
    [InlineData("groups:nothing/one-per-path", "libc-1|libicu-1|runtime-8|app-1")]
    public async Task Named_groups_go_first(string layering, string expected)
    {
        await using var store = new MemoryStore();
        store.Put("libc-1");
        store.Put("libicu-1", "libc-1");
        store.Put("runtime-8", "libicu-1", "libc-1");
        var app = store.Put("app-1", "runtime-8");
        Assert.Equal(expected, Describe(Layering.Parse(layering).Split(await store.GetClosureAsync(app), 4)));
    }

    [Fact]
    public async Task More_groups_than_layers_are_refused()
    {
        await using var store = new MemoryStore();
        store.Put("a");
        store.Put("b", "a");
        var closure = await store.GetClosureAsync(store.Put("c", "b"));
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => Layering.Parse("groups:a/b").Split(closure, 2)).Code);
    }

    [Theory]
    [InlineData("automatic")]
    [InlineData("popularity")]
    [InlineData("nix2container")]
    [InlineData("one-per-path")]
    [InlineData("by-size")]
    [InlineData("by-size:1000000")]
    [InlineData("groups:^a*,b/c")]
    [InlineData("groups:a/popularity")]
    public void Layerings_have_names(string text) => Assert.Equal(text, Layering.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Automatic")]
    [InlineData("automatic:1")]
    [InlineData("by-size:")]
    [InlineData("by-size:-1")]
    [InlineData("by-size:99999999999999999999")]
    [InlineData("groups")]
    [InlineData("groups:")]
    [InlineData("groups:a//b")]
    [InlineData("groups:a,^")]
    public void Other_layerings_are_refused(string text) =>
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => Layering.Parse(text)).Code);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(127)]
    public async Task Every_layering_puts_each_path_into_one_layer(int limit)
    {
        var random = new Random(limit);
        await using var store = new MemoryStore();
        var names = new List<string>();
        for (var index = 0; index < 150; index++)
        {
            var name = $"p{random.Next(20)}-{index}";
            store.Put(MemoryStore.PathOf(name), random.Next(1_000_000), names.Where(_ => random.Next(names.Count) < 3).Select(MemoryStore.PathOf));
            names.Add(name);
        }

        var all = await store.GetClosureAsync([.. names.Select(MemoryStore.PathOf)]);
        var part = await store.GetClosureAsync([.. names.Take(100).Select(MemoryStore.PathOf)]);
        string[] texts = ["automatic", "popularity", "nix2container", "one-per-path", "by-size", "by-size:1000", "groups:none/popularity"];
        foreach (var layering in texts.Select(Layering.Parse))
        {
            var earlier = Contents(part, layering.Split(part, limit));
            foreach (var other in new[] { layering, Layering.StableAgainst(earlier, layering), Layering.StableAgainst(Contents(all, layering.Split(all, 127)), layering) })
            {
                foreach (var closure in new[] { all, part })
                {
                    var layers = other.Split(closure, limit);
                    Assert.InRange(layers.Count, 1, limit);
                    Assert.All(layers, layer => Assert.NotEmpty(layer));
                    Assert.Equal(closure.Paths.Select(info => info.Path).Order(), layers.SelectMany(layer => layer).Order());
                    Assert.Equal(Describe(layers), Describe(other.Split(closure, limit)));
                }
            }
        }
    }

    [Fact]
    public async Task Paths_stay_where_they_were()
    {
        await using var store = new MemoryStore();
        store.Put("libc-1");
        store.Put("icu-1", "libc-1");
        store.Put("runtime-8", "icu-1");
        var before = await store.GetClosureAsync(store.Put("app-1", "runtime-8"));
        var earlier = Contents(before, [[P("libc-1"), P("runtime-8")], [P("icu-1")], [P("app-1")]]);
        store.Put("added-1");
        store.Put("icu-2", "libc-1");
        store.Put("runtime-8", "icu-2");
        var after = await store.GetClosureAsync(store.Put("app-2", "runtime-8", "added-1"));

        Assert.Equal("libc-1 runtime-8|icu-2|app-2|added-1", Describe(Layering.StableAgainst(earlier).Split(after, 4)));

        // With no layer to spare, what is new goes where something has changed anyway.
        Assert.Equal("libc-1 runtime-8|icu-2 added-1|app-2", Describe(Layering.StableAgainst(earlier).Split(after, 3)));

        static StorePath P(string name) => MemoryStore.PathOf(name);
    }

    [Fact]
    public async Task Without_an_earlier_image_that_is_known_everything_is_new()
    {
        await using var store = new MemoryStore();
        store.Put("a");
        var closure = await store.GetClosureAsync(store.Put("b", "a"));
        var layering = Layering.StableAgainst(new ImageContents { Layers = [new LayerContents { Description = "files" }] }, Layering.OnePerPath);
        Assert.Equal("a|b", Describe(layering.Split(closure, 9)));
    }

    internal static ImageContents Contents(Closure closure, IReadOnlyList<IReadOnlyList<StorePath>> layers) =>
        new() { Layers = [.. layers.Select(layer => new LayerContents { Paths = [.. layer.Select(path => new LayerPath(path.BaseName, closure[path].NarSize))] })] };

    private static StorePath PathOf(JToken baseName) => StorePath.Parse($"/nix/store/{baseName}", StoreDirectory.Default);

    private static long SizeOf(Closure closure, IEnumerable<StorePath> paths)
    {
        var found = new HashSet<StorePath>();
        var pending = new Stack<StorePath>(paths);
        while (pending.TryPop(out var path))
        {
            foreach (var reference in found.Add(path) ? closure[path].References : [])
            {
                pending.Push(reference);
            }
        }

        return found.Sum(path => closure[path].NarSize);
    }

    private static string Names(IEnumerable<IReadOnlyList<StorePath>> layers) => string.Join(' ', layers.SelectMany(layer => layer).Select(path => path.Name));

    private static string Describe(IEnumerable<IReadOnlyList<StorePath>> layers) => string.Join('|', layers.Select(layer => Names([layer])));
}
