using System.Net;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>One attempt to fill one upload session.</summary>
internal sealed class BlobUpload(
    RegistryTransport transport,
    RegistryScope scope,
    Uri session,
    Func<Stream, CancellationToken, Task<OciDescriptor>> write,
    Action<long>? onSent)
{
    private const string BlobType = "application/octet-stream";

    /// <summary>Where the session goes on: every answer may move it.</summary>
    public Uri Session { get; private set; } = session;

    /// <summary>What was written, once it was written to its end.</summary>
    public OciDescriptor? Made { get; private set; }

    /// <summary>One PUT where the digest is known before; else the bytes first, and the digest that they turned out to have after.</summary>
    public async Task<OciDescriptor> SendAsync(OciDescriptor? known, CancellationToken cancellationToken)
    {
        if (known is { } blob)
        {
            await PutAsync(blob.Digest, () => Content(blob), cancellationToken).ConfigureAwait(false);
            return blob;
        }

        var request = Request(HttpMethod.Patch, Session, () => Content(null), HttpStatusCode.Accepted, HttpStatusCode.NoContent);
        using (var response = await SendAsync(request, cancellationToken).ConfigureAwait(false))
        {
            Session = RegistryLocation.Read(response);
        }

        var made = Made!.Value;
        await PutAsync(made.Digest, static () => RegistryContent.From(BlobType, ReadOnlyMemory<byte>.Empty), cancellationToken).ConfigureAwait(false);
        return made;
    }

    private async Task PutAsync(OciDigest digest, Func<RegistryContent> content, CancellationToken cancellationToken)
    {
        var request = Request(
            HttpMethod.Put,
            RegistryLocation.WithParameter(Session, "digest", digest.ToString()),
            content,
            HttpStatusCode.Created,
            HttpStatusCode.NoContent);
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private RegistryRequest Request(HttpMethod method, Uri uri, Func<RegistryContent> content, params HttpStatusCode[] expected) =>
        new(method, uri, scope, expected) { Content = content };

    private RegistryContent Content(OciDescriptor? known) => new(
        BlobType,
        known?.Size,
        async (stream, token) =>
        {
            var made = await WriteAsync(stream, token).ConfigureAwait(false);
            Made = known is not { } wanted || (made.Digest == wanted.Digest && made.Size == wanted.Size)
                ? made
                : throw NotMade($"it came out as {made.Digest} this time, and it was {wanted.Digest}", null);
        },
        onSent);

    private async Task<OciDescriptor> WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await write(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (NixException or OperationCanceledException or HttpRequestException) && !IsFromNetwork(stream))
        {
            throw NotMade(exception.Message.TrimEnd('.'), exception);
        }
    }

    private static RegistryException NotMade(string why, Exception? inner) => new(
        NixErrorCodes.LayerNotPushed,
        $"A layer could not be made while it was pushed: {why}. Check that what it is made from is there and does not change.",
        inner);

    private static bool IsFromNetwork(Stream stream) => stream is BufferedStream { UnderlyingStream: SentStream { IsBroken: true } };

    private async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await transport.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (exception.Status is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The session is lost, not the cause: a new one may do.
            throw new RegistryException(exception.Code, exception.Message, exception)
            {
                Method = exception.Method,
                RequestUri = exception.RequestUri,
                Status = exception.Status,
                Errors = exception.Errors,
                IsTransient = true,
            };
        }
    }
}
