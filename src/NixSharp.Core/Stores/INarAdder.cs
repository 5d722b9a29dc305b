namespace NixSharp.Stores;

/// <summary>A store that takes objects in as NARs.</summary>
public interface INarAdder
{
    /// <summary>
    /// Takes one object in. It becomes valid once its NAR has arrived whole, with the hash and size that
    /// <paramref name="info"/> states; what it refers to must be valid before. A path that is valid already stays as it is,
    /// and <paramref name="nar"/> need not be read.
    /// </summary>
    /// <param name="info">The path, its NAR's hash and size, references, signatures.</param>
    /// <param name="nar">The NAR, from here to its end.</param>
    /// <param name="options">Repair, signature check.</param>
    /// <param name="cancellationToken">Stops the operation and leaves the store as it was.</param>
    Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default);
}
