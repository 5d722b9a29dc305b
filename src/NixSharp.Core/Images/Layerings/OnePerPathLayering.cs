using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>
/// A layer for each path, what is needed below what needs it. Where there are more paths than layers, the smallest share
/// the lowest.
/// </summary>
internal sealed class OnePerPathLayering : ILayering
{
    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLayers, 1);
        var alone = closure.Paths.Count <= maxLayers
            ? closure.Paths.Select(static info => info.Path).ToHashSet()
            : closure.Paths.OrderByDescending(static info => info.NarSize).ThenBy(static info => info.Path).Take(maxLayers - 1).Select(static info => info.Path).ToHashSet();
        var paths = closure.Paths.Select(static info => info.Path).ToList();
        var shared = paths.Where(path => !alone.Contains(path)).ToList();
        var layers = paths.Where(alone.Contains).Select(static path => new List<StorePath> { path });
        return [.. shared.Count > 0 ? layers.Prepend(shared) : layers];
    }

    /// <inheritdoc/>
    public override string ToString() => "one-per-path";
}
