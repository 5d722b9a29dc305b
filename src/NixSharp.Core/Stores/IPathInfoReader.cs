using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Something that knows about store paths.</summary>
public interface IPathInfoReader
{
    /// <summary>The logical folder that its paths are in.</summary>
    StoreDirectory StoreDirectory { get; }

    /// <summary>What is known of <paramref name="path"/>, or null where it is not valid.</summary>
    Task<PathInfo?> QueryPathInfoAsync(StorePath path, CancellationToken cancellationToken = default);
}
