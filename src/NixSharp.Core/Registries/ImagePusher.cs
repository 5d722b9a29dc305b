using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>One push of one image.</summary>
internal sealed class ImagePusher : IDisposable
{
    private readonly IContainerImage _image;
    private readonly ImageReference _reference;
    private readonly RegistryClient _client;
    private readonly LayerPusher _layers;

    public ImagePusher(IContainerImage image, ImageReference reference, PushOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Connections, 1);
        _image = image;
        _reference = reference;
        _client = new RegistryClient(reference, options, isPush: true);
        _layers = new LayerPusher(_client, options);
    }

    private string Target => _reference.Tag ?? _reference.ManifestReference;

    public async Task<PushResult> RunAsync(CancellationToken cancellationToken)
    {
        var manifest = _image.Layers.All(static layer => layer.Descriptor is not null) ? GetManifest() : null;
        IReadOnlySet<OciDigest> present = new HashSet<OciDigest>();
        if (manifest is not null && await _client.FindManifestAsync(Target, cancellationToken).ConfigureAwait(false) is { } existing)
        {
            if (existing.Digest == manifest.Descriptor.Digest)
            {
                return Result(manifest, [.. _image.Layers.Select(static _ => BlobOutcome.AlreadyPresent)]) with { Unchanged = true };
            }

            present = await PreviousLayers.FindAsync(_client, existing, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await PushAsync(present, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (present.Count > 0 && PreviousLayers.AreGone(exception))
        {
            return await PushAsync(new HashSet<OciDigest>(), cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _layers.Dispose();
        _client.Dispose();
    }

    private async Task<PushResult> PushAsync(IReadOnlySet<OciDigest> present, CancellationToken cancellationToken)
    {
        var outcomes = await _layers.PushAsync(_image.Layers, present, cancellationToken).ConfigureAwait(false);
        var manifest = GetManifest();
        await _layers.PushConfigAsync(manifest, mayBePresent: !outcomes.Contains(BlobOutcome.Uploaded), cancellationToken).ConfigureAwait(false);
        await _client.PutManifestAsync(new RegistryManifest(manifest.Descriptor, manifest.Manifest), Target, cancellationToken).ConfigureAwait(false);
        return Result(manifest, outcomes);
    }

    private ImageManifest GetManifest()
    {
        var manifest = _image.GetManifest();
        return _reference.Digest is { } wanted && wanted != manifest.Descriptor.Digest
            ? throw new RegistryException(
                NixErrorCodes.RegistryDigestMismatch,
                $"The image that should go to {_reference} has the digest {manifest.Descriptor.Digest}. Leave the digest out, or push the image that it belongs to.")
            : manifest;
    }

    private PushResult Result(ImageManifest manifest, IReadOnlyList<BlobOutcome> outcomes) => new()
    {
        Reference = _reference,
        Digest = manifest.Descriptor.Digest,
        Layers = [.. _image.Layers.Zip(outcomes, static (layer, outcome) =>
            new PushedLayer(layer.Descriptor!.Value.Blob.Digest, layer.Descriptor.Value.Blob.Size, outcome))],
        BytesUploaded = _layers.BytesUploaded,
        RequestCount = _client.RequestCount,
    };
}
