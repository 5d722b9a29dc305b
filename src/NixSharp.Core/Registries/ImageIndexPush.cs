using NixSharp.Images;

namespace NixSharp.Registries;

/// <summary>Pushes images for several platforms to registries.</summary>
public static class ImageIndexPush
{
    /// <summary>
    /// Pushes the images one after another, each by its digest, and then the index, so that the tag names all of them or
    /// what it named before. Layers that an image under the tag has are taken over.
    /// </summary>
    /// <param name="index">The images.</param>
    /// <param name="reference">Where they go, such as <c>quay.io/acme/hello:1.0</c>.</param>
    /// <param name="options">How they are pushed.</param>
    /// <param name="cancellationToken">Stops the push; the tag stays as it was.</param>
    /// <exception cref="RegistryException">The registry cannot be reached or refuses, or the index has another digest than the reference.</exception>
    public static async Task<IndexPushResult> PushAsync(
        this ImageIndex index,
        ImageReference reference,
        PushOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(reference);
        options ??= new PushOptions();
        using var client = new RegistryClient(reference, options, isPush: true);
        var target = reference.Tag ?? reference.ManifestReference;
        var previous = await PreviousImage.FindAsync(client, target, cancellationToken).ConfigureAwait(false);
        var pushed = new List<PushResult>();
        foreach (var image in index.Images)
        {
            // Images of one closure have layers in common, such as those of files.
            var own = options with { PreviousTags = [.. pushed.Select(static result => result.Digest.ToString()), .. options.PreviousTags] };
            using var push = new ImagePusher(image, reference, own, previous);
            pushed.Add(await push.RunAsync(cancellationToken).ConfigureAwait(false));
        }

        var (descriptor, contents) = index.Write([.. pushed.Select(static result => result.Manifest)]);
        if (reference.Digest is { } wanted && wanted != descriptor.Digest)
        {
            throw new RegistryException(
                NixErrorCodes.RegistryDigestMismatch,
                $"The index that should go to {reference} has the digest {descriptor.Digest}. Leave the digest out, or push the images that it belongs to.");
        }

        var isUnchanged = previous?.Digest == descriptor.Digest;
        if (!isUnchanged)
        {
            await client.PutManifestAsync(new RegistryManifest(descriptor, contents), target, cancellationToken).ConfigureAwait(false);
        }

        return new IndexPushResult
        {
            Reference = reference,
            Digest = descriptor.Digest,
            Unchanged = isUnchanged,
            Images = pushed,
            BytesUploaded = pushed.Sum(static result => result.BytesUploaded),
            RequestCount = pushed.Sum(static result => result.RequestCount) + client.RequestCount,
        };
    }
}
