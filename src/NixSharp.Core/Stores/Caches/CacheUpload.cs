using NixSharp.Files;

namespace NixSharp.Stores.Caches;

/// <summary>A file on its way into a cache: written first, then given a name. Without one nothing of it is left.</summary>
internal abstract class CacheUpload : WriteOnlyStream
{
    /// <summary>Gives the file its name, in place of what has it; from then on it is there, whole.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">What it is.</param>
    /// <param name="sha256">The SHA-256 of what was written.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    public abstract Task CommitAsync(string name, CacheFileType type, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);
}
