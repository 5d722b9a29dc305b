using NixSharp.Images;

namespace NixSharp.Registries;

/// <summary>One push of one image.</summary>
internal sealed class ImagePusher : IDisposable
{
    private readonly IContainerImage _image;
    private readonly ImageReference _reference;
    private readonly PushOptions _options;
    private readonly RegistryClient _client;
    private readonly LayerPusher _pusher;
    private readonly List<PlannedLayer> _layers;
    private readonly List<PreviousImage> _previous = [];
    private readonly PreviousImage? _index;
    private readonly bool _isPart;

    public ImagePusher(IContainerImage image, ImageReference reference, PushOptions options)
    {
        _image = image;
        _reference = reference;
        _options = options;
        _client = new RegistryClient(reference, options, isPush: true);
        _pusher = new LayerPusher(_client, options);
        _layers = [.. image.Layers.Select(static layer => new PlannedLayer(layer))];
    }

    /// <summary>Pushes an image of an index by its digest: the tag is the index's, which <paramref name="index"/> was so far.</summary>
    public ImagePusher(IContainerImage image, ImageReference reference, PushOptions options, PreviousImage? index)
        : this(image, reference, options)
    {
        _isPart = true;
        _index = index;
    }

    private string Target => _reference.Tag ?? _reference.ManifestReference;

    public async Task<PushResult> RunAsync(CancellationToken cancellationToken)
    {
        var existing = await LookUpAsync(cancellationToken).ConfigureAwait(false);
        if ((existing ?? _index) is not null && TryGetManifest() is { } manifest && (manifest.Descriptor.Digest == existing?.Digest || _index?.HasManifest(manifest.Descriptor.Digest) == true))
        {
            return Result(manifest, [.. _layers.Select(static _ => BlobOutcome.AlreadyPresent)]) with { Unchanged = true };
        }

        try
        {
            return await PushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (_previous.Count > 0 && PreviousImage.IsGone(exception))
        {
            _previous.Clear();
            _layers.ForEach(static layer => layer.Doubt());
            return await PushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _pusher.Dispose();
        _client.Dispose();
    }

    /// <summary>Learns from the images of the tags which layers are there; returns that of the tag that is pushed to.</summary>
    private async Task<PreviousImage?> LookUpAsync(CancellationToken cancellationToken)
    {
        PreviousImage? existing = null;
        if (_index is not null)
        {
            await LookUpAsync(_index, cancellationToken).ConfigureAwait(false);
        }

        foreach (var tag in (_isPart ? _options.PreviousTags : _options.PreviousTags.Prepend(Target)).Distinct())
        {
            if (_layers.Count > 0 && _previous.Count > 0 && _layers.All(static layer => layer.IsPresent))
            {
                break;
            }

            var image = await PreviousImage.FindAsync(_client, tag, cancellationToken).ConfigureAwait(false);
            existing = tag == Target ? image : existing;
            if (image is not null)
            {
                await LookUpAsync(image, cancellationToken).ConfigureAwait(false);
            }
        }

        return existing;
    }

    private async Task LookUpAsync(PreviousImage image, CancellationToken cancellationToken)
    {
        _previous.Add(image);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_layers, parallel, async (layer, token) =>
            await layer.LookUpAsync(image, _options.PreviousLayers, token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<PushResult> PushAsync(CancellationToken cancellationToken)
    {
        var outcomes = await _pusher.PushAsync(_layers, cancellationToken).ConfigureAwait(false);
        var manifest = TryGetManifest()!;
        if (!_previous.Any(image => image.Config == manifest.ConfigDescriptor.Digest))
        {
            await _pusher.PushConfigAsync(manifest, mayBePresent: !outcomes.Contains(BlobOutcome.Uploaded), cancellationToken).ConfigureAwait(false);
        }

        await _client.PutManifestAsync(new RegistryManifest(manifest.Descriptor, manifest.Manifest), _isPart ? manifest.Descriptor.Digest.ToString() : Target, cancellationToken).ConfigureAwait(false);
        return Result(manifest, outcomes);
    }

    /// <summary>The manifest, once every layer is known.</summary>
    private ImageManifest? TryGetManifest()
    {
        if (_layers.Any(static layer => layer.Descriptor is null))
        {
            return null;
        }

        var manifest = _image is ContainerImage image
            ? image.GetManifest([.. _layers.Select(static layer => layer.Descriptor!.Value)])
            : _image.GetManifest();
        return !_isPart && _reference.Digest is { } wanted && wanted != manifest.Descriptor.Digest
            ? throw new RegistryException(
                NixErrorCodes.RegistryDigestMismatch,
                $"The image that should go to {_reference} has the digest {manifest.Descriptor.Digest}. Leave the digest out, or push the image that it belongs to.")
            : manifest;
    }

    private PushResult Result(ImageManifest manifest, IReadOnlyList<BlobOutcome> outcomes) => new()
    {
        Reference = _reference,
        Digest = manifest.Descriptor.Digest,
        Manifest = manifest.Descriptor,
        Layers = [.. _layers.Zip(outcomes, static (layer, outcome) =>
            new PushedLayer(layer.Descriptor!.Value.Blob.Digest, layer.Descriptor.Value.Blob.Size, outcome))],
        BytesUploaded = _pusher.BytesUploaded,
        RequestCount = _client.RequestCount,
    };
}
