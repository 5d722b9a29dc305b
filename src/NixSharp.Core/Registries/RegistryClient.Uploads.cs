using System.Net;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

public sealed partial class RegistryClient
{
    private const int MaxSizeOfOneRequest = 128 * 1024;

    /// <summary>Uploads a blob from memory, whether or not it is there; in one request where the registry takes it so.</summary>
    public async Task UploadBlobAsync(OciDescriptor blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var session = content.Length <= MaxSizeOfOneRequest ? await OpenWithAsync(blob, content, cancellationToken).ConfigureAwait(false) : (IsThere: false, null);
        if (!session.IsThere)
        {
            await UploadAsync(
                blob,
                async (stream, token) =>
                {
                    await stream.WriteAsync(content, token).ConfigureAwait(false);
                    return blob;
                },
                session.Opened,
                onSent: null,
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Uploads a layer while it is made, whether or not it is there: nothing is kept in memory or on disk. The layer is
    /// made again where the connection breaks.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="progress">Gets the size of each piece that was sent.</param>
    /// <param name="cancellationToken">Stops the upload and closes its session.</param>
    public Task<OciDescriptor> UploadLayerAsync(IImageLayer layer, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return UploadLayerAsync(layer, null, progress is null ? null : progress.Report, cancellationToken);
    }

    /// <summary>Asks the registry to take a blob from another of its repositories; false where it has no such blob there, or does not do it.</summary>
    public async Task<bool> TryMountBlobAsync(OciDigest digest, string fromRepository, CancellationToken cancellationToken = default)
    {
        var session = await MountAsync(digest, fromRepository, cancellationToken).ConfigureAwait(false);
        if (session is null)
        {
            return true;
        }

        await session.AbandonAsync().ConfigureAwait(false);
        return false;
    }

    /// <summary>Null where the blob was mounted; else the upload session that the registry opened instead.</summary>
    internal async Task<UploadSession?> MountAsync(OciDigest digest, string from, CancellationToken cancellationToken)
    {
        var source = _options.Configuration!.Route(ImageReference.Parse($"{Reference.Registry}/{from}"), _options).Address;
        if (source.Registry != _registry)
        {
            // What one registry has under one name may be in two.
            return await OpenUploadAsync(cancellationToken).ConfigureAwait(false);
        }

        var uri = RegistryLocation.WithParameter(RepositoryUri("blobs/uploads/"), "mount", digest.ToString());
        var request = new RegistryRequest(
            HttpMethod.Post,
            RegistryLocation.WithParameter(uri, "from", source.Repository!),
            RegistryScope.Mount(_repository, source.Repository!),
            HttpStatusCode.Created,
            HttpStatusCode.Accepted)
        {
            Content = static () => RegistryContent.From(BlobUpload.BlobType, ReadOnlyMemory<byte>.Empty),
        };
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created ? null : new UploadSession(_transport, _repository, response);
    }

    /// <summary>Opens an upload session.</summary>
    internal Task<UploadSession?> OpenUploadAsync(CancellationToken cancellationToken) =>
        UploadSession.OpenAsync(_transport, _repository, RepositoryUri("blobs/uploads/"), null, cancellationToken);

    /// <summary>Uploads a blob while it is fetched from another client's repository, and checked on the way.</summary>
    internal Task<OciDescriptor> UploadFromAsync(RegistryClient source, OciDescriptor blob, UploadSession? session, Action<long>? onSent, CancellationToken cancellationToken) =>
        UploadAsync(
            blob,
            async (stream, token) =>
            {
                await source.DownloadBlobAsync(blob, stream, token).ConfigureAwait(false);
                return blob;
            },
            session,
            onSent,
            cancellationToken);

    internal Task<OciDescriptor> UploadLayerAsync(IImageLayer layer, UploadSession? session, Action<long>? onSent, CancellationToken cancellationToken) =>
        UploadAsync(
            layer.Descriptor?.Blob,
            async (stream, token) => (await layer.WriteToAsync(stream, token).ConfigureAwait(false)).Blob,
            session,
            onSent,
            cancellationToken);

    /// <summary>Opens a session with the whole blob; it is there where the registry took it.</summary>
    private async Task<(bool IsThere, UploadSession? Opened)> OpenWithAsync(OciDescriptor blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var uri = RegistryLocation.WithParameter(RepositoryUri("blobs/uploads/"), "digest", blob.Digest.ToString());
        try
        {
            var session = await UploadSession.OpenAsync(_transport, _repository, uri, () => RegistryContent.From(BlobUpload.BlobType, content), cancellationToken).ConfigureAwait(false);
            return (session is null, session);
        }
        catch (RegistryException exception) when (exception.IsTransient || exception.Code == NixErrorCodes.RegistryRefused)
        {
            // The usual way may do, and repeats itself.
            return (false, null);
        }
    }

    private async Task<OciDescriptor> UploadAsync(
        OciDescriptor? known,
        Func<Stream, CancellationToken, Task<OciDescriptor>> write,
        UploadSession? session,
        Action<long>? onSent,
        CancellationToken cancellationToken)
    {
        var upload = new BlobUpload(_transport, _repository, RepositoryUri("blobs/uploads/"), _options.ChunkSize, write, onSent) { Known = known, Session = session };
        var isRepeated = false;
        try
        {
            return await _transport.Retry.ExecuteAsync(
                async token =>
                {
                    // The answer may have been all that was lost.
                    if (isRepeated && upload.Known is { } blob && await HasBlobAsync(blob.Digest, token).ConfigureAwait(false))
                    {
                        return blob;
                    }

                    isRepeated = true;
                    return await upload.TryAsync(token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await upload.AbandonAsync().ConfigureAwait(false);
        }
    }
}
