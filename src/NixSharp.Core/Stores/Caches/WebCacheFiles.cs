using System.Net;
using System.Net.Http.Headers;

namespace NixSharp.Stores.Caches;

/// <summary>The files of a cache on a server.</summary>
internal abstract class WebCacheFiles(CacheTransport transport, string place) : ICacheFiles
{
    public string Place { get; } = place;

    protected CacheTransport Transport { get; } = transport;

    /// <summary>The encodings that files get on top of what they are, by type.</summary>
    public IReadOnlyDictionary<CacheFileType, string> Encodings { get; init; } = new Dictionary<CacheFileType, string>();

    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var request = new CacheRequest(HttpMethod.Get, UriOf(name), HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Gone, HttpStatusCode.Forbidden);
        var response = await Transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (response.StatusCode != HttpStatusCode.OK)
            {
                await RefuseUnlessAbsentAsync(response, cancellationToken).ConfigureAwait(false);
                return null;
            }

            var stream = ContentEncoding.Decode(new ResumingStream(Transport, request, response, cancellationToken), response);
            response = null;
            return stream;
        }
        finally
        {
            response?.Dispose();
        }
    }

    public async Task<bool> ExistsAsync(string name, long? size, CancellationToken cancellationToken)
    {
        var request = new CacheRequest(HttpMethod.Head, UriOf(name), HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Gone, HttpStatusCode.Forbidden);
        using var response = await Transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.OK &&
            (size is null || response.Content.Headers.ContentEncoding.Count > 0 || (response.Content.Headers.ContentLength ?? size) == size);
    }

    public CacheUpload Begin() => new SpooledUpload(SendAsync);

    public async Task WriteAsync(string name, ReadOnlyMemory<byte> contents, CacheFileType type, CancellationToken cancellationToken)
    {
        var encoding = Encodings.GetValueOrDefault(type, "");
        var bytes = encoding.Length == 0 ? contents : ContentEncoding.Encode(contents, encoding);
        await PutAsync(
            name,
            () =>
            {
                var content = new ReadOnlyMemoryContent(bytes);
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(type.ToMediaType());
                if (encoding.Length > 0)
                {
                    content.Headers.ContentEncoding.Add(encoding);
                }

                return content;
            },
            CacheDigest.Of(bytes.Span),
            cancellationToken).ConfigureAwait(false);
    }

    public Task SyncAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Transport.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The URI of a file.</summary>
    protected abstract Uri UriOf(string name);

    /// <summary>Throws where an answer that looks like "there is no such file" means something else.</summary>
    protected virtual Task RefuseUnlessAbsentAsync(HttpResponseMessage response, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends a file that may be large.</summary>
    protected virtual Task SendAsync(string name, CacheFileType type, SpooledUpload file, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken) =>
        PutAsync(name, () => Content(file, 0, file.Size, type.ToMediaType()), Convert.ToHexStringLower(sha256.Span), cancellationToken);

    protected async Task PutAsync(string name, Func<HttpContent> content, string digest, CancellationToken cancellationToken)
    {
        var request = new CacheRequest(HttpMethod.Put, UriOf(name), HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.NoContent)
        {
            Content = content,
            ContentDigest = digest,
            Headers = UploadHeaders,
        };
        using var response = await Transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Headers that every upload gets.</summary>
    protected virtual IReadOnlyDictionary<string, string> UploadHeaders { get; } = new Dictionary<string, string>();

    protected static HttpContent Content(SpooledUpload file, long offset, long count, string mediaType)
    {
        var content = new StreamContent(file.Open(offset, count));
        content.Headers.ContentLength = count;
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return content;
    }
}
