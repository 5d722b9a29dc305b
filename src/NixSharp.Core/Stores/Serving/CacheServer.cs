using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Compression;
using NixSharp.Derivations;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Serving;

/// <summary>
/// Answers the requests that Nix makes to a binary cache, out of a store. It knows nothing of sockets: a web server
/// hands requests in and sends the answers. Safe for use by several threads.
/// </summary>
public sealed partial class CacheServer : IDisposable
{
    private readonly INixStore _store;
    private readonly CacheServerOptions _options;
    private readonly CacheUploads? _uploads;

    /// <summary>Serves a store, which stays open when the server is disposed.</summary>
    /// <exception cref="NixFileException">Uploads are allowed, and there is no folder for them.</exception>
    public CacheServer(INixStore store, CacheServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _options = options ?? new CacheServerOptions();

        // A wrong level is better found now than by the first client.
        _options.Compression.OpenWrite(Stream.Null, new CompressionOptions { Level = _options.CompressionLevel }).Dispose();
        _uploads = _options.AllowUploads ? new CacheUploads(_options.UploadFolder, _options.MaxUploadSize) : null;
    }

    /// <summary>Answers one request. What goes wrong is an answer too, with a message in its body.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task<CacheAnswer> AnswerAsync(CacheRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var isReading = request.Method is "GET" or "HEAD";
            if (_options.Users is { } users && !(isReading && _options.AnonymousReading) && !users.Accept(request.Authorization))
            {
                return CacheAnswer.Text(401, "A user name and a password are needed: set netrc-file in Nix's configuration.\n") with
                {
                    Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Basic realm=\"nixsharp\"" },
                };
            }

            if (!isReading && !(request.Method == "PUT" && _uploads is not null))
            {
                return CacheAnswer.Text(405, _uploads is null ? "This cache can only be read.\n" : "This cache is only read and uploaded to.\n") with
                {
                    Headers = new Dictionary<string, string> { ["Allow"] = _uploads is null ? "GET, HEAD" : "GET, HEAD, PUT" },
                };
            }

            var route = CacheRoute.Parse(request.Path);
            var answer = route is null ? NotFound()
                : isReading ? await ReadAsync(route, request, cancellationToken).ConfigureAwait(false)
                : await WriteAsync(route, request, cancellationToken).ConfigureAwait(false);
            return request.Method == "HEAD" ? answer with { WriteBody = null } : answer;
        }
        catch (NixException error)
        {
            return CacheAnswer.Text(StatusOf(error), $"{error.Code}: {error.Message}\n");
        }
    }

    /// <summary>Deletes what was uploaded and not finished.</summary>
    public void Dispose() => _uploads?.Dispose();

    private static int StatusOf(NixException error) => error switch
    {
        { Code: NixErrorCodes.UploadRefused } => 403,
        { Code: NixErrorCodes.NarMismatch or NixErrorCodes.PathNotValid } or NixFormatException => 400,
        { Code: NixErrorCodes.StoreCannot } => 404,
        _ => 500,
    };

    private static CacheAnswer NotFound() => CacheAnswer.Text(404, "There is nothing of that name.\n");

    private Task<CacheAnswer> ReadAsync(CacheRoute route, CacheRequest request, CancellationToken cancellationToken) => route switch
    {
        CacheRoute.Info => Task.FromResult(ReadInfo()),
        CacheRoute.Path path => ReadPathAsync(path.HashPart, cancellationToken),
        CacheRoute.Nar nar => ReadNarAsync(nar, request, cancellationToken),
        CacheRoute.Listing listing => ReadListingAsync(listing.HashPart, cancellationToken),
        CacheRoute.Log log => ReadLogAsync(log.Derivation, cancellationToken),
        CacheRoute.Output output => ReadRealisationAsync(output.Id, cancellationToken),
        CacheRoute.Upload upload => ReadUploadAsync(upload.Name, request, cancellationToken),
        _ => Task.FromResult(NotFound()),
    };

    private CacheAnswer ReadInfo() => CacheAnswer.Text(
        200,
        new CacheInfo { StoreDirectory = _store.StoreDirectory, WantMassQuery = _options.WantMassQuery, Priority = _options.Priority }.Write(),
        CacheInfo.MediaType);

    private async Task<CacheAnswer> ReadPathAsync(string hashPart, CancellationToken cancellationToken)
    {
        if (await FindAsync(hashPart, cancellationToken).ConfigureAwait(false) is not { } info)
        {
            return NotFound();
        }

        var isPlain = _options.Compression == NarCompression.None;
        var narInfo = new NarInfo
        {
            PathInfo = info with { Signatures = Sign(info.Signatures, key => key.Sign(info)) },
            Url = CacheRoute.UrlOf(info, _options.Compression),
            Compression = _options.Compression.Name,
            FileHash = isPlain ? info.NarHash : null,
            FileSize = isPlain ? info.NarSize : null,
        };
        return CacheAnswer.Text(200, narInfo.Write(), NarInfo.MediaType);
    }

    private async Task<CacheAnswer> ReadListingAsync(string hashPart, CancellationToken cancellationToken)
    {
        if (await FindAsync(hashPart, cancellationToken).ConfigureAwait(false) is not { } info)
        {
            return NotFound();
        }

        var root = new JObject();
        await NarPipe.RunAsync(
            (output, token) => _store.ReadNarAsync(info.Path, output, token),
            (input, token) => Task.Run(() => root = NarListing.Read(input, token), token),
            cancellationToken).ConfigureAwait(false);
        return CacheAnswer.Text(200, new JObject { ["version"] = 1, ["root"] = root }.ToString(Formatting.None), "application/json");
    }

    private async Task<CacheAnswer> ReadLogAsync(string derivation, CancellationToken cancellationToken)
    {
        var log = _store is IBuildLogStore logs && StorePath.TryParseBaseName(derivation, _store.StoreDirectory, out var path)
            ? await logs.OpenBuildLogAsync(path, cancellationToken).ConfigureAwait(false)
            : null;
        return log is null ? NotFound() : new CacheAnswer
        {
            Status = 200,
            WriteBody = async (body, token) =>
            {
                await using (log.ConfigureAwait(false))
                {
                    await log.CopyToAsync(body, token).ConfigureAwait(false);
                }
            },
        };
    }

    private async Task<CacheAnswer> ReadRealisationAsync(DerivationOutputId id, CancellationToken cancellationToken)
    {
        var realisation = _store is IRealisationStore store ? await store.QueryRealisationAsync(id, cancellationToken).ConfigureAwait(false) : null;
        return realisation is null ? NotFound() : CacheAnswer.Text(
            200,
            RealisationJson.Write(realisation with { Signatures = Sign(realisation.Signatures, key => key.Sign(realisation)) }).ToString(Formatting.None),
            "application/json");
    }

    private async Task<PathInfo?> FindAsync(string hashPart, CancellationToken cancellationToken)
    {
        var path = await _store.Require<IReferrerReader>("find paths by their hash part").QueryPathFromHashPartAsync(hashPart, cancellationToken).ConfigureAwait(false);
        return path is { } found ? await _store.QueryPathInfoAsync(found, cancellationToken).ConfigureAwait(false) : null;
    }

    private IReadOnlyList<string> Sign(IReadOnlyList<string> signatures, Func<SecretKey, Signature> sign) =>
        [.. signatures.Concat(_options.SecretKeys.Select(key => sign(key).ToString())).Distinct()];

    private static string Show(long number) => number.ToString(CultureInfo.InvariantCulture);
}
