using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store that knows what keeps its paths.</summary>
public interface IStoreRoots
{
    /// <summary>Makes <paramref name="link"/> a symlink to <paramref name="path"/> and a GC root.</summary>
    Task AddRootAsync(string link, StorePath path, CancellationToken cancellationToken = default);

    /// <summary>Keeps a path, valid already or not, from being collected until this store is closed.</summary>
    Task AddTemporaryRootAsync(StorePath path, CancellationToken cancellationToken = default);

    /// <summary>What keeps paths from being collected: roots, profiles, and what running processes use or are about to use.</summary>
    Task<IReadOnlyList<GcRoot>> FindRootsAsync(CancellationToken cancellationToken = default);
}
