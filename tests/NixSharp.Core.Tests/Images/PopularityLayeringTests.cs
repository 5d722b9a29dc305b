using NixSharp.Images;
using NixSharp.Images.Layerings;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class PopularityLayeringTests
{
    [Fact]
    public async Task Paths_are_ordered_as_dockerTools_orders_them()
    {
        await using var store = new ImageStore();
        var f = await store.AddAsync("f");
        var g = await store.AddAsync("g");
        var e = await store.AddAsync("e", f);
        var d = await store.AddAsync("d", f);
        var c = await store.AddAsync("c", d, e);
        var b = await store.AddAsync("b", c, e);
        var a = await store.AddAsync("a", b, g);

        // Scores: f 9, e 5, d 4, c 3, b and g 2, a 1.
        Assert.Equal([f, e, d, c, b, g, a], PopularityLayering.Order(await store.GetClosureAsync(a)));
    }

    [Fact]
    public async Task The_last_layer_holds_the_rest()
    {
        await using var store = new ImageStore();
        var c = await store.AddAsync("c");
        var b = await store.AddAsync("b", c);
        var a = await store.AddAsync("a", b);
        var closure = await store.GetClosureAsync(a);

        Assert.Equal([[c, b, a]], Layering.Popularity.Split(closure, 1));
        Assert.Equal([[c], [b, a]], Layering.Popularity.Split(closure, 2));
        Assert.Equal([[c], [b], [a]], Layering.Popularity.Split(closure, 3));
        Assert.Equal([[c], [b], [a]], Layering.Popularity.Split(closure, 100));
    }

    [Fact]
    public async Task Ways_beyond_any_machine_word_are_counted()
    {
        // Each rung doubles the number of ways to the bottom.
        await using var store = new ImageStore();
        var bottom = await store.AddAsync("bottom");
        var (left, right) = (bottom, bottom);
        for (var rung = 0; rung < 66; rung++)
        {
            (left, right) = (await store.AddAsync($"l{rung}", left, right), await store.AddAsync($"r{rung}", left, right));
        }

        var order = PopularityLayering.Order(await store.GetClosureAsync(left, right));
        Assert.Equal(bottom, order[0]);
        Assert.Equal(["l0", "r0", "l1", "r1"], order.Skip(1).Take(4).Select(path => path.Name));
    }
}
