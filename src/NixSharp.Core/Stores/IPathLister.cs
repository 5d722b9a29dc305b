using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store that knows all that it has.</summary>
public interface IPathLister
{
    /// <summary>Every valid path, sorted.</summary>
    Task<IReadOnlyList<StorePath>> ListAsync(CancellationToken cancellationToken = default);
}
