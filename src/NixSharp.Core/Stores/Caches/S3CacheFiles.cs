using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace NixSharp.Stores.Caches;

/// <summary>The files of a cache in object storage that speaks S3's protocol.</summary>
internal sealed class S3CacheFiles : WebCacheFiles
{
    private const long MaxSinglePut = 5L << 30;
    private const long MinPart = 5 << 20;
    private const int MaxParts = 10_000;
    private const int PartsAtOnce = 4;
    private const int MaxAnswer = 1 << 20;
    private const string StorageClassHeader = "x-amz-storage-class";

    private static readonly string[] PlaceParameters = ["region", "endpoint", "scheme", "addressing-style"];

    private readonly S3Place _place;
    private readonly long _threshold;
    private readonly long _partSize;

    private S3CacheFiles(S3Place place, CacheTransport transport, StoreReference reference)
        : base(transport, (reference with { Parameters = reference.Parameters.Where(static parameter => PlaceParameters.Contains(parameter.Key)).ToDictionary() }).ToDisplayString())
    {
        _place = place;
        _partSize = Math.Max(MinPart, reference.GetNumber("multipart-chunk-size") ?? reference.GetNumber("buffer-size") ?? MinPart);
        _threshold = reference.GetBoolean("multipart-upload") ? reference.GetNumber("multipart-threshold") ?? 100 << 20 : MaxSinglePut;
        if (reference.GetParameter("storage-class") is { Length: > 0 } storage)
        {
            UploadHeaders = new Dictionary<string, string> { [StorageClassHeader] = storage };
        }
    }

    protected override IReadOnlyDictionary<string, string> UploadHeaders { get; } = new Dictionary<string, string>();

    /// <summary>The files of the cache that <paramref name="reference"/> names.</summary>
    public static S3CacheFiles Open(StoreReference reference, CacheOptions options)
    {
        var place = S3Place.Of(reference);
        var authorizer = new AwsAuthorizer(options.AwsCredentials ?? AwsCredentials.Find(reference.GetParameter("profile")), place.Region);
        return new S3CacheFiles(place, new CacheTransport(place.Root, authorizer, options), reference) { Encodings = EncodingsOf(reference) };
    }

    protected override Uri UriOf(string name)
    {
        CacheFileName.Check(name, Place);
        return _place.UriOf(name);
    }

    /// <summary>S3 says "denied" of what is missing to those who may not list; of wrong credentials it says more.</summary>
    protected override async Task RefuseUnlessAbsentAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await ReadTextAsync(response, cancellationToken).ConfigureAwait(false);
        var code = CacheAnswer.Element(text, "Code");
        if (code == "NoSuchBucket")
        {
            throw new NixStoreException(NixErrorCodes.NotABinaryCache, $"{Place} was not read: there is no such bucket. Check its name, region and endpoint, or make it.");
        }

        if (response.StatusCode == HttpStatusCode.Forbidden && code is not ("" or "AccessDenied"))
        {
            throw new NixStoreException(
                NixErrorCodes.CacheAccessDenied,
                $"{Place} was not read: S3 says {CacheText.Show($"{code}: {CacheAnswer.Element(text, "Message")}").TrimEnd('.')}. Check the credentials, and this machine's clock.");
        }
    }

    protected override Task SendAsync(string name, CacheFileType type, SpooledUpload file, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken) =>
        file.Size > _threshold ? SendPartsAsync(name, type, file, cancellationToken) : base.SendAsync(name, type, file, sha256, cancellationToken);

    private static Dictionary<CacheFileType, string> EncodingsOf(StoreReference reference)
    {
        var encodings = new Dictionary<CacheFileType, string>();
        foreach (var (parameter, type) in ((string, CacheFileType)[])
            [("narinfo-compression", CacheFileType.NarInfo), ("ls-compression", CacheFileType.Listing), ("log-compression", CacheFileType.Log)])
        {
            if (reference.GetParameter(parameter) is { Length: > 0 } encoding and not "none")
            {
                encodings[type] = encoding;
            }
        }

        return encodings;
    }

    /// <summary>Sends a large file in parts, several at once; what an upload that fails has sent is thrown away.</summary>
    private async Task SendPartsAsync(string name, CacheFileType type, SpooledUpload file, CancellationToken cancellationToken)
    {
        CacheFileName.Check(name, Place);
        var begin = new CacheRequest(HttpMethod.Post, _place.UriOf(name, "?uploads="), HttpStatusCode.OK)
        {
            Content = () => Content(file, 0, 0, type.ToMediaType()),
            ContentDigest = CacheDigest.Of([]),
            Headers = UploadHeaders,
        };
        var id = await AskAsync(begin, "UploadId", cancellationToken).ConfigureAwait(false);
        var upload = $"uploadId={AwsSignature.Encode(id)}";
        try
        {
            var size = Math.Max(_partSize, (file.Size + MaxParts - 1) / MaxParts);
            var tags = new string[(file.Size + size - 1) / size];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, tags.Length),
                new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellationToken },
                async (index, token) => tags[index] = await SendPartAsync(index, size, token).ConfigureAwait(false)).ConfigureAwait(false);
            var list = Encoding.UTF8.GetBytes(
                $"<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{string.Concat(tags.Select(static (tag, index) => $"<Part><PartNumber>{index + 1}</PartNumber><ETag>{SecurityElement.Escape(tag)}</ETag></Part>"))}</CompleteMultipartUpload>");
            var complete = new CacheRequest(HttpMethod.Post, _place.UriOf(name, $"?{upload}"), HttpStatusCode.OK)
            {
                Content = () => new ReadOnlyMemoryContent(list),
                ContentDigest = CacheDigest.Of(list),
            };

            // The status comes before the work is done, so only the answer's body tells whether it succeeded.
            _ = await AskAsync(complete, "ETag", cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync().ConfigureAwait(false);
            throw;
        }

        async Task<string> SendPartAsync(int index, long size, CancellationToken token)
        {
            var (offset, count) = (index * size, Math.Min(size, file.Size - (index * size)));
            var digest = await DigestAsync(file, offset, count, token).ConfigureAwait(false);
            var request = new CacheRequest(HttpMethod.Put, _place.UriOf(name, $"?partNumber={index + 1}&{upload}"), HttpStatusCode.OK)
            {
                Content = () => Content(file, offset, count, type.ToMediaType()),
                ContentDigest = digest,
            };
            using var response = await Transport.SendAsync(request, token).ConfigureAwait(false);
            return response.Headers.TryGetValues("ETag", out var values) ? values.First() : throw CacheAnswer.Malformed(response, "it has no ETag");
        }

        async Task AbortAsync()
        {
            try
            {
                var request = new CacheRequest(HttpMethod.Delete, _place.UriOf(name, $"?{upload}"), HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.NotFound);
                using var response = await Transport.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
            }
            catch (NixStoreException)
            {
                // The failure that led here is the one to report; the bucket's owner can have leftovers expire.
            }
        }
    }

    private static async Task<string> DigestAsync(SpooledUpload file, long offset, long count, CancellationToken cancellationToken)
    {
        var part = file.Open(offset, count);
        await using (part.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(part, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Sends a request, and takes one value from the XML that answers it.</summary>
    private async Task<string> AskAsync(CacheRequest request, string element, CancellationToken cancellationToken)
    {
        using var response = await Transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var text = await ReadTextAsync(response, cancellationToken).ConfigureAwait(false);
        return CacheAnswer.Element(text, element) is { Length: > 0 } value
            ? value
            : throw CacheAnswer.Malformed(response, $"it has no {element}, but says '{CacheText.Show(text)}'");
    }

    private async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(Transport.Options.Timeout);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(alive.Token).ConfigureAwait(false);
            return await CacheText.ReadAsync(body, MaxAnswer, alive.Token).ConfigureAwait(false) is { } bytes
                ? Encoding.UTF8.GetString(bytes)
                : throw CacheAnswer.Malformed(response, $"its body has more than {MaxAnswer} bytes");
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw CacheAnswer.Unreachable(response.RequestMessage, error, Transport.Options.Timeout).Error;
        }
    }
}
