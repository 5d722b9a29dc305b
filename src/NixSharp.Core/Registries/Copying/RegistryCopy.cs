namespace NixSharp.Registries.Copying;

/// <summary>Copies images between registries.</summary>
public static class RegistryCopy
{
    /// <summary>
    /// Copies an image, or an index with all its images, to the byte. What is there is not sent; within one registry
    /// blobs are taken over without moving; between two they are passed through, and never on disk here. The tag moves
    /// when everything else is there.
    /// </summary>
    /// <param name="source">What is copied.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="options">How it is copied.</param>
    /// <param name="cancellationToken">Stops the copy; the tag stays as it was.</param>
    /// <exception cref="RegistryException">A registry cannot be reached or refuses, or what it sends is damaged.</exception>
    /// <exception cref="ImageException">What is there is no image, or has none for the platform.</exception>
    public static async Task<CopyResult> CopyAsync(ImageReference source, ImageReference destination, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new CopyOptions();
        options = options with { Source = RegistryClient.Configure(options.Source), Destination = RegistryClient.Configure(options.Destination) };
        var (from, manifest) = await RegistrySource.OpenAsync(source, options.Source, cancellationToken).ConfigureAwait(false);
        using (from)
        {
            using var to = new RegistryClient(destination, options.Destination, isPush: true);
            return await new ImageCopier(from, to, options).RunAsync(manifest, cancellationToken).ConfigureAwait(false);
        }
    }
}
