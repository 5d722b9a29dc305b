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

    /// <summary>
    /// Takes several objects in, as <see cref="AddNarAsync"/> does each; stores that can do so faster together than one by one
    /// do. After a failure, what came before the object that failed is valid or can be added again.
    /// </summary>
    /// <param name="nars">The objects, what one refers to before it.</param>
    /// <param name="options">Repair, signature check.</param>
    /// <param name="cancellationToken">Stops the operation; objects that became valid until then stay.</param>
    async Task AddNarsAsync(IReadOnlyList<NarSource> nars, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nars);
        foreach (var nar in nars)
        {
            await NarPipe.RunAsync(
                nar.WriteNarAsync,
                (stream, token) => AddNarAsync(nar.Info, stream, options, token),
                cancellationToken).ConfigureAwait(false);
        }
    }
}
