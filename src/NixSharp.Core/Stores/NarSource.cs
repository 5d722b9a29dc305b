using NixSharp.Files;

namespace NixSharp.Stores;

/// <summary>An object that is to be added to a store, and where its NAR comes from.</summary>
/// <param name="Info">The path, its NAR's hash and size, references, signatures.</param>
/// <param name="WriteNarAsync">
/// Writes the NAR to the stream that it is given, which stays open. Called once at most, and not at all for a path that is
/// valid already.
/// </param>
public sealed record NarSource(PathInfo Info, Func<Stream, CancellationToken, Task> WriteNarAsync)
{
    /// <summary>
    /// Where the object lies as files on this machine, or null. A store of files may then copy those, and need not call
    /// <see cref="WriteNarAsync"/>; what it has copied must have the hash and size of <see cref="Info"/> all the same.
    /// </summary>
    public string? Files { get; init; }

    /// <summary>Is told how many bytes of the NAR have been taken so far, by a store that copies <see cref="Files"/>.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Has a store of another machine, or a cache, as the source.</summary>
    public static NarSource From(INarReader store, PathInfo info)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(info);
        return new NarSource(info, (destination, cancellationToken) => store.ReadNarAsync(info.Path, destination, cancellationToken))
        {
            // A daemon's files need not be where its store directory is.
            Files = (store as IFileSystemStore)?.GetRealPath(info.Path) is { } files && FileTree.Exists(files) ? files : null,
        };
    }
}
