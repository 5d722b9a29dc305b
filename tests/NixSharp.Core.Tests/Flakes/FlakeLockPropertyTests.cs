using FsCheck;
using FsCheck.Fluent;
using NixSharp.Flakes.Locks;
using NixSharp.Flakes.References;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class FlakeLockPropertyTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void What_is_printed_is_read_as_the_same() => Prop.ForAll(Seeds, static seed =>
    {
        var made = Make(new Random(seed));
        var read = FlakeLock.Parse(made.ToString());
        Assert.Equal(made.ToString(), read.ToString());
        Assert.Equal(made.Nodes.Keys, read.Nodes.Keys);
        foreach (var (name, node) in made.Nodes)
        {
            Assert.Equal((node.Locked, node.Original, node.IsFlake), (read.Nodes[name].Locked, read.Nodes[name].Original, read.Nodes[name].IsFlake));
            Assert.All(node.Inputs.Keys, input => Assert.Equal(made.Resolve(name, input), read.Resolve(name, input)));
        }

        Assert.Empty(FlakeLockDifference.Between(made, read).Changes);
    }).QuickCheckThrowOnFailure();

    private static FlakeLock Make(Random random)
    {
        var count = random.Next(1, 8);
        var nodes = new Dictionary<string, FlakeLockNode> { ["root"] = new() { Inputs = Inputs(random, -1, count) } };
        for (var i = 0; i < count; i++)
        {
            var original = FlakeReference.Parse($"github:owner{random.Next(3)}/repo{i}");
            nodes[$"n{i}"] = new FlakeLockNode
            {
                Original = original,
                Locked = original.With("rev", Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(BitConverter.GetBytes(random.Next())))).With("lastModified", random.Next()),
                IsFlake = random.Next(4) != 0,
                Inputs = Inputs(random, i, count),
            };
        }

        return new FlakeLock(nodes, version: random.Next(6, 8));
    }

    // To later nodes only, or after the first of the flake's own inputs, so that nothing goes in a circle.
    private static Dictionary<string, FlakeLockInput> Inputs(Random random, int from, int count)
    {
        var inputs = from < 0 ? new Dictionary<string, FlakeLockInput> { ["first"] = FlakeLockInput.ToNode("n0") } : [];
        for (var i = random.Next(4); i > 0; i--)
        {
            inputs[$"i\"{i}é"] = random.Next(3) switch
            {
                0 => FlakeLockInput.Following("first"),
                1 => FlakeLockInput.Following(),
                _ when from + 1 < count && from >= 0 => FlakeLockInput.ToNode($"n{random.Next(from + 1, count)}"),
                _ => FlakeLockInput.Following("first"),
            };
        }

        return inputs;
    }
}
