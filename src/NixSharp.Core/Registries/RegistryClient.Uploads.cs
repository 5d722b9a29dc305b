using System.Net;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

public sealed partial class RegistryClient
{
    private const string BlobType = "application/octet-stream";
    private static readonly TimeSpan TimeToSayGoodbye = TimeSpan.FromSeconds(5);

    /// <summary>Uploads a blob from memory, whether or not it is there.</summary>
    public Task UploadBlobAsync(OciDescriptor blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        UploadAsync(
            blob,
            async (stream, token) =>
            {
                await stream.WriteAsync(content, token).ConfigureAwait(false);
                return blob;
            },
            session: null,
            onSent: null,
            cancellationToken);

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

        await AbandonAsync(session).ConfigureAwait(false);
        return false;
    }

    /// <summary>Null where the blob was mounted; else the upload session that the registry opened instead.</summary>
    internal async Task<Uri?> MountAsync(OciDigest digest, string from, CancellationToken cancellationToken)
    {
        var source = ImageReference.Parse($"{Reference.Registry}/{from}").Repository;
        var uri = RegistryLocation.WithParameter(RepositoryUri("blobs/uploads/"), "mount", digest.ToString());
        var request = new RegistryRequest(
            HttpMethod.Post,
            RegistryLocation.WithParameter(uri, "from", source),
            RegistryScope.Mount(Reference.Repository, source),
            HttpStatusCode.Created,
            HttpStatusCode.Accepted)
        {
            Content = NoContent,
        };
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created ? null : RegistryLocation.Read(response);
    }

    internal Task<OciDescriptor> UploadLayerAsync(IImageLayer layer, Uri? session, Action<long>? onSent, CancellationToken cancellationToken) =>
        UploadAsync(
            layer.Descriptor?.Blob,
            async (stream, token) => (await layer.WriteToAsync(stream, token).ConfigureAwait(false)).Blob,
            session,
            onSent,
            cancellationToken);

    /// <summary>Gives an upload session back. Registries also drop them after a while.</summary>
    internal async Task AbandonAsync(Uri session)
    {
        using var limit = new CancellationTokenSource(TimeToSayGoodbye);
        try
        {
            var request = new RegistryRequest(HttpMethod.Delete, session, RegistryScope.Delete(Reference.Repository), HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.Accepted);
            using var response = await _transport.SendOnceAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NixException or OperationCanceledException)
        {
            // Why the session was given up is the error to report, and it is on its way.
            return;
        }
    }

    private static RegistryContent NoContent() => RegistryContent.From(BlobType, ReadOnlyMemory<byte>.Empty);

    private async Task<OciDescriptor> UploadAsync(
        OciDescriptor? known,
        Func<Stream, CancellationToken, Task<OciDescriptor>> write,
        Uri? session,
        Action<long>? onSent,
        CancellationToken cancellationToken)
    {
        var isRepeated = false;
        return await _transport.Retry.ExecuteAsync(
            async token =>
            {
                // The answer may have been all that was lost.
                if (isRepeated && known is { } blob && await HasBlobAsync(blob.Digest, token).ConfigureAwait(false))
                {
                    return blob;
                }

                isRepeated = true;
                session ??= await StartAsync(token).ConfigureAwait(false);
                var current = session;
                session = null;
                var upload = new BlobUpload(_transport, _writeScope, current, write, onSent);
                try
                {
                    return await upload.SendAsync(known, token).ConfigureAwait(false);
                }
                catch
                {
                    await AbandonAsync(upload.Session).ConfigureAwait(false);
                    known ??= upload.Made;
                    throw;
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<Uri> StartAsync(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, RepositoryUri("blobs/uploads/"), _writeScope, HttpStatusCode.Accepted) { Content = NoContent };
        using var response = await _transport.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        return RegistryLocation.Read(response);
    }
}
