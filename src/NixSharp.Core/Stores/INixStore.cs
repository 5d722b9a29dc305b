using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>
/// A store that can be read and added to. What only some stores can do is in interfaces of its own, such as
/// <see cref="IGarbageCollector"/> and <see cref="IBuildStore"/>; <see cref="StoreCapabilities.Require"/> asks for
/// them. Safe for use by several threads.
/// </summary>
public interface INixStore : IPathInfoReader, INarReader, INarAdder, IAsyncDisposable
{
    /// <summary>The URI that opens this store again, in Nix's syntax.</summary>
    string Uri { get; }

    /// <summary>Adds a file, folder or symlink; the same path as <c>nix-store --add</c> gives, by default.</summary>
    /// <param name="source">Where it is on this machine.</param>
    /// <param name="name">The name that the store path gets; null takes the source's own.</param>
    /// <param name="options">How it is hashed, what it refers to, who is told of progress.</param>
    /// <param name="cancellationToken">Stops the operation and leaves the store as it was.</param>
    Task<StorePath> AddAsync(string source, string? name = null, AddOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds a text file, as <c>builtins.toFile</c> does. Where the name ends in <c>.drv</c> the text must be a derivation
    /// whose output paths are right, and the references those of the derivation.
    /// </summary>
    /// <param name="name">The name that the store path gets.</param>
    /// <param name="text">The contents; bytes that are not UTF-8 stand in it as in <see cref="ByteText"/>.</param>
    /// <param name="references">The valid paths that the text refers to.</param>
    /// <param name="cancellationToken">Stops the operation and leaves the store as it was.</param>
    Task<StorePath> AddTextAsync(string name, string text, IReadOnlyCollection<StorePath>? references = null, CancellationToken cancellationToken = default);
}
