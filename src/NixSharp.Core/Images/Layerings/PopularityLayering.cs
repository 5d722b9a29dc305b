using System.Collections;
using System.Numerics;
using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>
/// The order of nixpkgs' dockerTools: the paths that the most others need, by the most ways, get a layer each, lowest
/// first, and the last layer holds the rest. What many images share is then shared between them.
/// </summary>
internal sealed class PopularityLayering : ILayering
{
    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers)
    {
        ArgumentNullException.ThrowIfNull(closure);
        return LayerGroups.OneEach(Order(closure), maxLayers);
    }

    /// <inheritdoc/>
    public override string ToString() => "popularity";

    /// <summary>Every path, the most popular first; those that are equally popular by name, then hash.</summary>
    internal static IReadOnlyList<StorePath> Order(Closure closure)
    {
        var scores = Score(closure);
        return [.. closure.Paths
            .Select((info, index) => (info.Path, Score: scores[index]))
            .OrderByDescending(static path => path.Score)
            .ThenBy(static path => path.Path, LayerGroups.ByName)
            .Select(static path => path.Path)];
    }

    /// <summary>
    /// The score of a path is the number of ways that lead from a root to it or to any path above it. dockerTools
    /// defines it by recursion over the unfolded tree; counting ways gives the same number without unfolding.
    /// </summary>
    private static BigInteger[] Score(Closure closure)
    {
        var count = closure.Paths.Count;
        var indexes = closure.Paths.Select(static (info, index) => (info.Path, index)).ToDictionary();
        var ways = new BigInteger[count];
        var above = new BitArray[count];
        var scores = new BigInteger[count];
        for (var index = count - 1; index >= 0; index--)
        {
            // Referrers come later in the closure's order, so everything above this path has been seen.
            above[index] ??= new BitArray(count);
            ways[index] = above[index].HasAnySet() ? ways[index] : BigInteger.One;
            scores[index] = ways[index];
            for (var other = index + 1; other < count; other++)
            {
                if (above[index][other])
                {
                    scores[index] += ways[other];
                }
            }

            foreach (var reference in closure.Paths[index].References)
            {
                if (indexes.TryGetValue(reference, out var below) && below < index)
                {
                    ways[below] += ways[index];
                    (above[below] ??= new BitArray(count)).Or(above[index])[index] = true;
                }
            }
        }

        return scores;
    }
}
