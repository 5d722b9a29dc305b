using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>Gets layers into a repository, several at a time, each of them once.</summary>
internal sealed class LayerPusher(RegistryClient client, PushOptions options) : IDisposable
{
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);
    private long _bytesUploaded;

    public long BytesUploaded => Interlocked.Read(ref _bytesUploaded);

    /// <summary>Gets all layers there; the outcomes are in the order of the layers.</summary>
    public async Task<IReadOnlyList<BlobOutcome>> PushAsync(IReadOnlyList<PlannedLayer> layers, CancellationToken cancellationToken)
    {
        var outcomes = new BlobOutcome[layers.Count];
        var done = 0;

        // Large layers first, so that none of them is left alone in the end.
        var jobs = Enumerable.Range(0, layers.Count)
            .GroupBy(index => (object?)layers[index].Descriptor?.Blob.Digest ?? layers[index].Layer)
            .Select(static group => group.ToList())
            .OrderByDescending(indices => layers[indices[0]].Layer.EstimatedSize)
            .ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Connections ?? RegistryOptions.MostConnections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            jobs,
            parallel,
            async (indices, token) =>
            {
                var progress = new BlobProgress($"layer {indices[0] + 1} of {layers.Count}", options.Progress, AddBytes);
                var outcome = await PushAsync(layers[indices[0]], progress, token).ConfigureAwait(false);
                foreach (var index in indices)
                {
                    outcomes[index] = outcome;
                }

                var count = Interlocked.Add(ref done, indices.Count);
                options.Progress?.Report(new NixProgress("pushing", client.Reference.ToString(), count, layers.Count, ProgressUnit.Items));
            }).ConfigureAwait(false);
        return outcomes;
    }

    /// <summary>Gets the configuration there.</summary>
    public async Task PushConfigAsync(ImageManifest manifest, bool mayBePresent, CancellationToken cancellationToken)
    {
        if (mayBePresent && await client.HasBlobAsync(manifest.ConfigDescriptor.Digest, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await client.UploadBlobAsync(manifest.ConfigDescriptor, manifest.Config, cancellationToken).ConfigureAwait(false);
        AddBytes(manifest.Config.Length);
    }

    public void Dispose() => _processors.Dispose();

    private async Task<BlobOutcome> PushAsync(PlannedLayer layer, BlobProgress progress, CancellationToken cancellationToken)
    {
        if (layer.Descriptor is { } known && (layer.IsPresent || await client.HasBlobAsync(known.Blob.Digest, cancellationToken).ConfigureAwait(false)))
        {
            return BlobOutcome.AlreadyPresent;
        }

        layer.GiveBack();
        UploadSession? session = null;
        if (layer.Descriptor is { Blob: var blob })
        {
            (var isMounted, session) = await MountAsync(blob.Digest, layer.Layer.Origin, cancellationToken).ConfigureAwait(false);
            if (isMounted)
            {
                return BlobOutcome.Mounted;
            }

            progress.Total = blob.Size;
        }

        await _processors.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await client.UploadLayerAsync(layer.Layer, session, progress.Add, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _processors.Release();
        }

        progress.Complete();
        return BlobOutcome.Uploaded;
    }

    private async Task<(bool IsMounted, UploadSession? Session)> MountAsync(OciDigest digest, LayerOrigin? origin, CancellationToken cancellationToken)
    {
        UploadSession? session = null;
        var origins = origin is not null && origin.Registry == client.Reference.Registry && origin.Repository != client.Reference.Repository
            ? options.MountFrom.Prepend(origin.Repository).Distinct()
            : options.MountFrom;
        foreach (var repository in origins)
        {
            // A mount that came to nothing leaves a session, and one is enough.
            if (session is not null)
            {
                await session.AbandonAsync().ConfigureAwait(false);
                session = null;
            }

            try
            {
                session = await client.MountAsync(digest, repository, cancellationToken).ConfigureAwait(false);
                if (session is null)
                {
                    return (true, null);
                }
            }
            catch (RegistryException exception) when (exception.Code is NixErrorCodes.RegistryAccessDenied or NixErrorCodes.RegistryNotFound or NixErrorCodes.RegistryRefused)
            {
                // Mounting saves an upload; where it is not allowed, the layer is uploaded.
                continue;
            }
        }

        return (false, session);
    }

    private void AddBytes(long count) => Interlocked.Add(ref _bytesUploaded, count);
}
