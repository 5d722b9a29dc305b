using System.Globalization;
using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>
/// Layers of about equal size, so that they come down side by side: filled in the order of the closure up to a size,
/// which grows where there would be too many of them.
/// </summary>
/// <param name="size">The size that is aimed at, in bytes of NARs.</param>
internal sealed class BySizeLayering(long size) : ILayering
{
    public const long DefaultSize = 64L << 20;

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLayers, 1);
        var limit = Math.Max(size, closure.NarSize / maxLayers);
        for (; ; limit += Math.Max(limit / 8, 1))
        {
            var layers = Fill(closure, limit);
            if (layers.Count <= maxLayers)
            {
                return layers;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => size == DefaultSize ? "by-size" : string.Create(CultureInfo.InvariantCulture, $"by-size:{size}");

    private static List<List<StorePath>> Fill(Closure closure, long limit)
    {
        var layers = new List<List<StorePath>>();
        var filled = 0L;
        foreach (var info in closure.Paths)
        {
            if (layers.Count == 0 || filled + info.NarSize > limit)
            {
                layers.Add([]);
                filled = 0;
            }

            layers[^1].Add(info.Path);
            filled += info.NarSize;
        }

        return layers;
    }
}
