using NixSharp.Building;
using NixSharp.StorePaths;
using Xunit;

namespace NixSharp.Core.Tests.Building;

public sealed class WaitGraphTests
{
    private static readonly StorePath[] Paths = [.. Enumerable.Range(0, 4).Select(static number => StorePath.ParseBaseName($"{new string("abcd"[number], 32)}-{number}.drv"))];

    [Fact]
    public void A_derivation_that_comes_to_wait_for_itself_is_refused()
    {
        var graph = new WaitGraph();
        graph.Add(Paths[0], Paths[1], isMade: false);
        graph.Add(Paths[1], Paths[2], isMade: true);
        graph.Add(Paths[0], Paths[2], isMade: false);
        graph.Add(Paths[2], Paths[3], isMade: false);
        Assert.Throws<BuildFailure>(() => graph.Add(Paths[3], Paths[0], isMade: false));
        Assert.Throws<BuildFailure>(() => new WaitGraph().Add(Paths[0], Paths[0], isMade: true));
    }
}
