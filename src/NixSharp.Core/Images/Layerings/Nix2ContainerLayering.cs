using System.Numerics;
using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>
/// The order of nix2container: a path's popularity is one more than that of all that refer to it together. The most
/// popular get a layer each, lowest first, and the last layer holds the rest. Where two are equally popular, the one
/// that needs the other comes first; nix2container itself then takes either.
/// </summary>
internal sealed class Nix2ContainerLayering : ILayering
{
    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers)
    {
        ArgumentNullException.ThrowIfNull(closure);
        var graph = new LayerGraph(closure);
        var popularity = Enumerable.Repeat(BigInteger.One, closure.Paths.Count).ToArray();
        for (var index = popularity.Length - 1; index >= 0; index--)
        {
            foreach (var below in graph.References[index])
            {
                popularity[below] += popularity[index];
            }
        }

        var fromTheTop = closure.Paths.Select(static info => info.Path).Reverse();
        return LayerGroups.OneEach([.. fromTheTop.OrderByDescending(path => popularity[graph.IndexOf(path)])], maxLayers);
    }

    /// <inheritdoc/>
    public override string ToString() => "nix2container";
}
