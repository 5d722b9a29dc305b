using System.Text;
using NixSharp.Compression;
using NixSharp.Derivations;
using NixSharp.Json;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Serving;

public sealed partial class CacheServer
{
    private const int MaxTextSize = 64 * 1024 * 1024;

    private async Task<CacheAnswer> WriteAsync(CacheRoute route, CacheRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentEncoding is { Length: > 0 } and not "identity")
        {
            return CacheAnswer.Text(415, "Uploads must not be encoded.\n");
        }

        switch (route)
        {
            case CacheRoute.Upload upload:
                await _uploads!.AddAsync(upload.Name, request.Body, cancellationToken).ConfigureAwait(false);
                break;
            case CacheRoute.Path path:
                await AddPathAsync(path.HashPart, await ReadBodyAsync(request, NarInfo.MaxSize, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                break;
            case CacheRoute.Listing:
                // Made from the NAR whenever somebody asks, and so not believed.
                await ReadBodyAsync(request, MaxTextSize, cancellationToken).ConfigureAwait(false);
                break;
            case CacheRoute.Log log:
                var derivation = StorePath.ParseBaseName(log.Derivation, _store.StoreDirectory);
                await _store.Require<IBuildLogStore>("keep the logs of builds").AddBuildLogAsync(
                    derivation,
                    new MemoryStream(await ReadBodyAsync(request, MaxTextSize, cancellationToken).ConfigureAwait(false)),
                    cancellationToken).ConfigureAwait(false);
                break;
            case CacheRoute.Output output:
                await AddRealisationAsync(output.Id, await ReadBodyAsync(request, MaxTextSize, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                break;
            default:
                return CacheAnswer.Text(405, "Nothing can be uploaded under this name.\n");
        }

        return new CacheAnswer { Status = 200, ContentLength = 0 };
    }

    private async Task AddPathAsync(string hashPart, byte[] body, CancellationToken cancellationToken)
    {
        var narInfo = NarInfo.Parse(body, _store.StoreDirectory);
        var info = narInfo.PathInfo;
        if (!info.Path.HashPart.SequenceEqual(hashPart))
        {
            throw CacheUploads.Refuse($"{hashPart}.narinfo", $"it is about {info.Path}");
        }

        if (_options.UploadKeys is { } keys && !keys.Trusts(info))
        {
            throw CacheUploads.Refuse(info.Path.ToString(), "it is not signed by a key that this cache trusts. Sign it, or give its key to the cache");
        }

        if (await _store.QueryPathInfoAsync(info.Path, cancellationToken).ConfigureAwait(false) is { } known)
        {
            await AddSignaturesAsync(info, known, cancellationToken).ConfigureAwait(false);
            return;
        }

        var name = narInfo.Url.StartsWith("nar/", StringComparison.Ordinal) ? narInfo.Url[4..] : "";
        var upload = _uploads!.Find(name)
            ?? throw CacheUploads.Refuse(info.Path.ToString(), $"its NAR, {narInfo.Url}, has not been uploaded before");
        if ((narInfo.FileHash is { } hash && hash != upload.Hash) || (narInfo.FileSize is { } size && size != upload.Size))
        {
            throw CacheUploads.Refuse(info.Path.ToString(), $"{narInfo.Url} has another hash or size than its narinfo says");
        }

        var compression = NarCompression.Parse(narInfo.Compression);
        var file = new FileStream(upload.File, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0, Share = FileShare.Read | FileShare.Delete });
        var nar = compression.OpenRead(file, info.NarSize);
        await using (nar.ConfigureAwait(false))
        {
            // Whether the signatures suffice was decided above, by the keys for uploads.
            await _store.AddNarAsync(info, nar, new AddNarOptions { CheckSignatures = false }, cancellationToken).ConfigureAwait(false);
        }

        _uploads.Finish(name, new CacheRoute.Nar(hashPart, info.NarHash, compression));
    }

    /// <summary>Keeps the signatures of a path that is there already, if they are of that path and not of another with its name.</summary>
    private async Task AddSignaturesAsync(PathInfo info, PathInfo known, CancellationToken cancellationToken)
    {
        if (info.NarHash != known.NarHash)
        {
            throw CacheUploads.Refuse(info.Path.ToString(), $"the cache has it already, with the hash {known.NarHash} instead of {info.NarHash}");
        }

        var added = info.Signatures.Where(signature => !known.Signatures.Contains(signature));
        string[] wanted = [.. _options.UploadKeys is { } keys ? added.Intersect(keys.Verify(info).Select(static signature => signature.ToString())) : added];
        if (wanted.Length > 0 && _store is ISignatureStore signatures)
        {
            await signatures.AddSignaturesAsync(info.Path, wanted, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddRealisationAsync(DerivationOutputId id, byte[] body, CancellationToken cancellationToken)
    {
        var realisation = RealisationJson.Read(JsonText.Parse(Encoding.UTF8.GetString(body)), _store.StoreDirectory);
        if (realisation.Id != id)
        {
            throw CacheUploads.Refuse($"the realisation of {id}", $"it is about {realisation.Id}");
        }

        if (_options.UploadKeys is { } keys && keys.Verify(realisation).Count == 0)
        {
            throw CacheUploads.Refuse($"the realisation of {id}", "it is not signed by a key that this cache trusts. Sign it, or give its key to the cache");
        }

        await _store.Require<IRealisationStore>("keep realisations").AddRealisationAsync(realisation, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]> ReadBodyAsync(CacheRequest request, int limit, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            if (body.Length + count > limit)
            {
                throw CacheUploads.Refuse(request.Path, $"it has more than {limit} bytes");
            }

            body.Write(buffer, 0, count);
        }

        return body.ToArray();
    }
}
