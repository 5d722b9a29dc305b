using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store that finds closures itself, in fewer questions than one for each path.</summary>
public interface IClosureReader
{
    /// <summary>
    /// What is known of <paramref name="roots"/> and of all that they refer to, directly or not; roots that are not valid
    /// are left out.
    /// </summary>
    Task<IReadOnlyDictionary<StorePath, PathInfo>> QueryClosureAsync(IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken = default);
}
