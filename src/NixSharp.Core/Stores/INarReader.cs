using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store whose objects can be read as NARs.</summary>
public interface INarReader
{
    /// <summary>Writes the NAR of a valid path, exactly as long as its <see cref="PathInfo.NarSize"/>.</summary>
    /// <param name="path">The path.</param>
    /// <param name="destination">Takes the NAR; stays open. After an error it may have got a part of it.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <exception cref="NixStoreException">The path is not valid, or what the store has is not what it says.</exception>
    Task ReadNarAsync(StorePath path, Stream destination, CancellationToken cancellationToken = default);
}
