using System.Collections.Concurrent;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries.Copying;

/// <summary>One copy of one image or index.</summary>
internal sealed class ImageCopier(RegistryClient source, RegistryClient destination, CopyOptions options)
{
    private readonly ImageTree _tree = new(source);
    private long _bytesUploaded;

    private string Target => destination.Reference.Tag ?? destination.Reference.ManifestReference;

    public async Task<CopyResult> RunAsync(RegistryManifest manifest, CancellationToken cancellationToken)
    {
        if (options.Platform is { } platform && ImageTree.IsIndex(manifest.Descriptor))
        {
            var index = ImageJson.Parse(manifest.Content.Span);
            var entry = ImagePlatforms.Choose(index, platform)
                ?? throw new ImageException(NixErrorCodes.ImageNotFound, $"{source.Reference} has no image for {platform}, only for: {ImagePlatforms.Describe(index)}. Name one that it has.");
            manifest = await _tree.FetchAsync(entry, cancellationToken).ConfigureAwait(false);
        }

        if (destination.Reference.Digest is { } wanted && wanted != manifest.Descriptor.Digest)
        {
            throw new RegistryException(
                NixErrorCodes.RegistryDigestMismatch,
                $"The image that should go to {destination.Reference} has the digest {manifest.Descriptor.Digest}. Leave the digest out, or copy the image that it belongs to.");
        }

        var result = new CopyResult { Reference = destination.Reference, Digest = manifest.Descriptor.Digest };
        if ((await destination.FindManifestAsync(Target, cancellationToken).ConfigureAwait(false))?.Digest == manifest.Descriptor.Digest)
        {
            return result with { Unchanged = true };
        }

        await _tree.AddAsync(manifest, depth: 0, cancellationToken).ConfigureAwait(false);
        var blobs = await CopyBlobsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var part in _tree.Manifests.SkipLast(1))
        {
            await destination.PutManifestAsync(part, part.Descriptor.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        }

        await destination.PutManifestAsync(manifest, Target, cancellationToken).ConfigureAwait(false);
        return result with { Blobs = blobs, BytesUploaded = Interlocked.Read(ref _bytesUploaded) };
    }

    private async Task<IReadOnlyList<PushedLayer>> CopyBlobsAsync(CancellationToken cancellationToken)
    {
        var outcomes = new ConcurrentDictionary<OciDigest, BlobOutcome>();
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Destination.Connections ?? RegistryOptions.MostConnections,
            CancellationToken = cancellationToken,
        };

        // Large ones first, so that none of them is left alone in the end.
        await Parallel.ForEachAsync(_tree.Blobs.OrderByDescending(static blob => blob.Size), parallel, async (blob, token) =>
        {
            outcomes[blob.Digest] = await CopyAsync(blob, token).ConfigureAwait(false);
            options.Progress?.Report(new NixProgress("copying", destination.Reference.ToString(), outcomes.Count, _tree.Blobs.Count, ProgressUnit.Items));
        }).ConfigureAwait(false);
        return [.. _tree.Blobs.Select(blob => new PushedLayer(blob.Digest, blob.Size, outcomes[blob.Digest]))];
    }

    private async Task<BlobOutcome> CopyAsync(OciDescriptor blob, CancellationToken cancellationToken)
    {
        if (await destination.HasBlobAsync(blob.Digest, cancellationToken).ConfigureAwait(false))
        {
            return BlobOutcome.AlreadyPresent;
        }

        UploadSession? session = null;
        if (source.Reference.Registry == destination.Reference.Registry)
        {
            session = await TryMountAsync(blob, cancellationToken).ConfigureAwait(false);
            if (session is null)
            {
                return BlobOutcome.Mounted;
            }
        }

        var progress = new BlobProgress(blob.Digest.ToString(), options.Progress, count => Interlocked.Add(ref _bytesUploaded, count)) { Total = blob.Size };
        await destination.UploadFromAsync(source, blob, session, progress.Add, cancellationToken).ConfigureAwait(false);
        progress.Complete();
        return BlobOutcome.Uploaded;
    }

    /// <summary>Null where the blob was taken over; else a session to upload it in.</summary>
    private async Task<UploadSession?> TryMountAsync(OciDescriptor blob, CancellationToken cancellationToken)
    {
        try
        {
            return await destination.MountAsync(blob.Digest, source.Reference.Repository, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (exception.Code is NixErrorCodes.RegistryAccessDenied or NixErrorCodes.RegistryNotFound or NixErrorCodes.RegistryRefused)
        {
            // Mounting saves an upload; where it is not allowed, the blob is uploaded.
            return await destination.OpenUploadAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
