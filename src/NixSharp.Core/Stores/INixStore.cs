using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store that can be read and added to. Safe for use by several threads.</summary>
public interface INixStore : IPathInfoReader, IAsyncDisposable
{
    /// <summary>The URI that opens this store again, in Nix's syntax.</summary>
    string Uri { get; }

    /// <summary>Every valid path, sorted.</summary>
    Task<IReadOnlyList<StorePath>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>The valid paths that refer to <paramref name="path"/>, sorted, itself among them where it does.</summary>
    Task<IReadOnlyList<StorePath>> QueryReferrersAsync(StorePath path, CancellationToken cancellationToken = default);

    /// <summary>Adds a file, folder or symlink; the same path as <c>nix-store --add</c> gives, by default.</summary>
    /// <param name="source">Where it is on this machine.</param>
    /// <param name="name">The name that the store path gets; null takes the source's own.</param>
    /// <param name="options">How it is hashed, what it refers to, who is told of progress.</param>
    /// <param name="cancellationToken">Stops the operation and leaves the store as it was.</param>
    Task<StorePath> AddAsync(string source, string? name = null, AddOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Adds a text file, as <c>builtins.toFile</c> does.</summary>
    Task<StorePath> AddTextAsync(string name, string text, IReadOnlyCollection<StorePath>? references = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a path that no root and no other valid path needs.</summary>
    Task DeleteAsync(StorePath path, CancellationToken cancellationToken = default);

    /// <summary>Makes <paramref name="link"/> a symlink to <paramref name="path"/> and a GC root.</summary>
    Task AddRootAsync(string link, StorePath path, CancellationToken cancellationToken = default);
}
