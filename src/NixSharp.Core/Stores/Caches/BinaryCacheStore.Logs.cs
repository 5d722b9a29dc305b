using System.Text;
using Newtonsoft.Json;
using NixSharp.Derivations;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Caches;

public partial class BinaryCacheStore
{
    private const int MaxRealisationSize = 1 << 20;

    /// <inheritdoc/>
    public Task<Stream?> OpenBuildLogAsync(StorePath derivation, CancellationToken cancellationToken = default) =>
        _files.OpenAsync(LogOf(derivation), cancellationToken);

    /// <inheritdoc/>
    public async Task AddBuildLogAsync(StorePath derivation, Stream log, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var upload = _files.Begin();
        await using (upload.ConfigureAwait(false))
        {
            using var hashed = new HashingStream(upload);
            await log.CopyToAsync(hashed, cancellationToken).ConfigureAwait(false);
            await upload.CommitAsync(LogOf(derivation), CacheFileType.Log, hashed.Hash.Digest.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<Realisation?> QueryRealisationAsync(DerivationOutputId id, CancellationToken cancellationToken = default)
    {
        var name = FileOf(id);
        if (await ReadAsync(name, MaxRealisationSize, cancellationToken).ConfigureAwait(false) is not { Length: > 0 } bytes)
        {
            return null;
        }

        try
        {
            var realisation = RealisationJson.Read(JsonText.Parse(Encoding.UTF8.GetString(bytes)), StoreDirectory);
            return realisation.Id == id ? realisation : throw Damaged(name, $"it is about {CacheText.Show(realisation.Id.ToString())}");
        }
        catch (NixFormatException error)
        {
            throw Damaged(name, error.Message.TrimEnd('.'), error);
        }
    }

    /// <inheritdoc/>
    public async Task AddRealisationAsync(Realisation realisation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(realisation);
        _ = await GetNarInfoAsync(realisation.OutputPath, cancellationToken).ConfigureAwait(false);
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var signed = realisation with { Signatures = [.. realisation.Signatures.Union(_settings.Keys.Select(key => key.Sign(realisation).ToString()))] };
        var json = RealisationJson.Write(signed).ToString(Formatting.None);
        await _files.WriteAsync(FileOf(realisation.Id), Encoding.UTF8.GetBytes(json), CacheFileType.Realisation, cancellationToken).ConfigureAwait(false);
    }

    private static string LogOf(StorePath derivation) => $"log/{derivation.BaseName}";

    private static string FileOf(DerivationOutputId id) => $"realisations/{id}.doi";
}
