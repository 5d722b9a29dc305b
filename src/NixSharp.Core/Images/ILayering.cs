using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images;

/// <summary>Decides which store paths share a layer.</summary>
public interface ILayering
{
    /// <summary>
    /// Gives at most <paramref name="maxLayers"/> groups, lowest layer first, that together hold each path of
    /// <paramref name="closure"/> once. The same closure has to give the same groups.
    /// </summary>
    IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers);
}
