using System.Globalization;
using System.Net;

namespace NixSharp.Registries;

/// <summary>One upload session: where it goes on, and how much of the blob the registry has.</summary>
internal sealed class UploadSession
{
    private static readonly TimeSpan TimeToSayGoodbye = TimeSpan.FromSeconds(5);
    private readonly RegistryTransport _transport;
    private readonly string _repository;

    public UploadSession(RegistryTransport transport, string repository, HttpResponseMessage opened)
    {
        _transport = transport;
        _repository = repository;
        Location = RegistryLocation.Read(opened);
        MinimalChunk = opened.Headers.TryGetValues("OCI-Chunk-Min-Length", out var values) &&
            long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var minimum)
            ? minimum
            : 0;
    }

    /// <summary>Where the session goes on: every answer may move it.</summary>
    public Uri Location { get; private set; }

    /// <summary>How many bytes the registry has, as far as it said so.</summary>
    public long Offset { get; private set; }

    /// <summary>The least that each chunk but the last has to have.</summary>
    public long MinimalChunk { get; }

    /// <summary>Opens a session at <paramref name="uri"/>.</summary>
    /// <param name="transport">The registry.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="uri">Where sessions are opened, with a digest where <paramref name="content"/> is the whole blob.</param>
    /// <param name="content">The blob, for registries that take it at once; they answer 201 then.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>Null where the registry took the blob.</returns>
    public static async Task<UploadSession?> OpenAsync(
        RegistryTransport transport,
        string repository,
        Uri uri,
        Func<RegistryContent>? content,
        CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, uri, RegistryScope.Push(repository), HttpStatusCode.Accepted, HttpStatusCode.Created) { Content = content ?? NoContent };
        using var response = await transport.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created && content is not null ? null : new UploadSession(transport, repository, response);
    }

    /// <summary>Sends bytes from <see cref="Offset"/> on.</summary>
    /// <param name="content">The bytes; those of one chunk where <paramref name="count"/> is given, else all that are left.</param>
    /// <param name="count">How many they are, where the registry is to be told.</param>
    /// <param name="end">The offset that the registry should be at then.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task SendAsync(Func<RegistryContent> content, long? count, Func<long> end, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Patch, Location, content, HttpStatusCode.Accepted, HttpStatusCode.NoContent);
        if (count is { } known)
        {
            request = request with { ContentRange = string.Create(CultureInfo.InvariantCulture, $"{Offset}-{Offset + known - 1}") };
        }

        using var response = await _transport.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        Location = RegistryLocation.Read(response);

        // Registries take bytes that do not belong where they put them, and tell only here.
        var isOnePiece = Offset == 0 && count is null;
        var expected = end();
        if (!isOnePiece && ReadRange(response) is { } reached && reached != expected)
        {
            throw OutOfStep(response, expected, reached);
        }

        Offset = expected;
    }

    /// <summary>Asks how much the registry has; false where it knows nothing of the session any more.</summary>
    public async Task<bool> TryRefreshAsync(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Get, Location, RegistryScope.Push(_repository), HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.Accepted);
        try
        {
            using var response = await _transport.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
            Offset = ReadRange(response) ?? throw RegistryAnswer.Malformed(response, "it does not say how much of the blob is there");
            Location = response.Headers.Contains("Location") ? RegistryLocation.Read(response) : Location;
            return true;
        }
        catch (RegistryException)
        {
            return false;
        }
    }

    /// <summary>Ends the session with what is left of the blob, which may be nothing.</summary>
    public async Task FinishAsync(string digest, Func<RegistryContent>? content, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Put, RegistryLocation.WithParameter(Location, "digest", digest), content ?? NoContent, HttpStatusCode.Created, HttpStatusCode.NoContent);
        using var response = await _transport.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the session back. Registries also drop them after a while.</summary>
    public async Task AbandonAsync()
    {
        using var limit = new CancellationTokenSource(TimeToSayGoodbye);
        try
        {
            var request = new RegistryRequest(HttpMethod.Delete, Location, RegistryScope.Delete(_repository), HttpStatusCode.NoContent, HttpStatusCode.OK, HttpStatusCode.Accepted);
            using var response = await _transport.SendOnceAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NixException or OperationCanceledException)
        {
            // Why the session was given up is the error to report, and it is on its way.
            return;
        }
    }

    private static RegistryContent NoContent() => RegistryContent.From(BlobUpload.BlobType, ReadOnlyMemory<byte>.Empty);

    /// <summary>How many bytes a <c>Range: 0-99</c> stands for; that of an empty session is 0-0.</summary>
    private static long? ReadRange(HttpResponseMessage response)
    {
        var text = response.Headers.TryGetValues("Range", out var values) ? values.FirstOrDefault() : null;
        text = text?.StartsWith("bytes=", StringComparison.Ordinal) == true ? text["bytes=".Length..] : text;
        return text?.StartsWith("0-", StringComparison.Ordinal) == true && long.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last < long.MaxValue
            ? last == 0 ? 0 : last + 1
            : null;
    }

    private static RegistryException OutOfStep(HttpResponseMessage response, long expected, long reached) => new(
        NixErrorCodes.RegistryAnswerMalformed,
        $"PATCH {RegistryAnswer.Show(response.RequestMessage?.RequestUri)} should have brought the upload to {expected} bytes, and the registry has {reached}. Push again.")
    {
        Method = response.RequestMessage?.Method.Method,
        RequestUri = RegistryAnswer.Show(response.RequestMessage?.RequestUri),
        Status = HttpStatusCode.RequestedRangeNotSatisfiable,
        IsTransient = true,
    };

    private RegistryRequest Request(HttpMethod method, Uri uri, Func<RegistryContent> content, params HttpStatusCode[] expected) =>
        new(method, uri, RegistryScope.Push(_repository), expected) { Content = content };
}
