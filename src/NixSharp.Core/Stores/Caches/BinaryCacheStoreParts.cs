using System.Text;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Caches;

/// <summary>What a <see cref="BinaryCacheStore"/> is made of.</summary>
internal sealed record BinaryCacheStoreParts(StoreReference Reference, StoreOptions Options, StoreDirectory Directory, CacheSettings Settings, ICacheFiles Files)
{
    /// <summary>What is remembered of the cache, unless it is on this machine.</summary>
    public LookupCache? Lookups { get; init; }

    /// <summary>What the cache says of itself; null where it has yet to be begun.</summary>
    public CacheInfo? Info { get; init; }

    /// <summary>Finds the cache.</summary>
    /// <exception cref="NixStoreException">There is none at that place, or one of another store directory.</exception>
    public static async Task<BinaryCacheStoreParts> OpenAsync(StoreReference reference, StoreOptions options, CancellationToken cancellationToken)
    {
        var settings = await CacheSettings.ReadAsync(reference, cancellationToken).ConfigureAwait(false);
        ICacheFiles files = reference.Kind switch
        {
            StoreKind.File => new FolderCacheFiles(FolderOf(reference), reference.ToDisplayString()),
            StoreKind.Http => HttpCacheFiles.Open(reference, options.Caches),
            _ => S3CacheFiles.Open(reference, options.Caches),
        };
        LookupCache? lookups = null;
        try
        {
            if (reference.Kind != StoreKind.File && options.Caches.RememberLookups)
            {
                lookups = await Task.Run(() => LookupCache.TryOpen(files.Place, options.Caches), cancellationToken).ConfigureAwait(false);
            }

            var directory = reference.StoreDirectory ?? options.StoreDirectory;
            var parts = new BinaryCacheStoreParts(reference, options, directory, settings, files) { Lookups = lookups };
            return parts with { Info = await parts.FindInfoAsync(cancellationToken).ConfigureAwait(false) };
        }
        catch
        {
            lookups?.Dispose();
            await files.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string FolderOf(StoreReference reference) => reference.Path.Length > 0
        ? Path.GetFullPath(reference.Path)
        : throw StoreReference.Invalid(reference.ToDisplayString(), "it names no folder");

    private async Task<CacheInfo?> FindInfoAsync(CancellationToken cancellationToken)
    {
        var remembered = Lookups?.FindInfo();
        var text = remembered ?? await ReadInfoAsync(cancellationToken).ConfigureAwait(false);
        if (text is null)
        {
            // Whether there can be a cache in a folder shows when something is written there.
            return Reference.Kind == StoreKind.File ? null : await BeginAsync(cancellationToken).ConfigureAwait(false);
        }

        CacheInfo info;
        try
        {
            info = CacheInfo.Parse(text);
        }
        catch (NixFormatException error)
        {
            throw new NixStoreException(NixErrorCodes.NotABinaryCache, $"{Files.Place} is no binary cache that can be used: {error.Message}", error);
        }

        if (info.StoreDirectory != Directory)
        {
            throw new NixStoreException(
                NixErrorCodes.NotABinaryCache,
                $"The binary cache {Files.Place} holds paths of {info.StoreDirectory}, and not of {Directory}. Add the parameter 'store={info.StoreDirectory}' to its URI, or use another cache.");
        }

        if (remembered is null)
        {
            Lookups?.RememberInfo(text);
        }

        return info;
    }

    private async Task<string?> ReadInfoAsync(CancellationToken cancellationToken)
    {
        if (await Files.OpenAsync(CacheInfo.FileName, cancellationToken).ConfigureAwait(false) is not { } stream)
        {
            return null;
        }

        await using (stream.ConfigureAwait(false))
        {
            return await CacheText.ReadAsync(stream, CacheInfo.MaxSize, cancellationToken).ConfigureAwait(false) is { } bytes
                ? Encoding.UTF8.GetString(bytes)
                : throw new NixStoreException(NixErrorCodes.NotABinaryCache, $"{Files.Place} is no binary cache: its {CacheInfo.FileName} is larger than {CacheInfo.MaxSize} bytes. Check the URI.");
        }
    }

    /// <summary>Begins a cache, as Nix does where it finds none.</summary>
    private async Task<CacheInfo> BeginAsync(CancellationToken cancellationToken)
    {
        var info = new CacheInfo { StoreDirectory = Directory };
        try
        {
            await Files.WriteAsync(CacheInfo.FileName, Encoding.UTF8.GetBytes(info.Write()), CacheFileType.CacheInfo, cancellationToken).ConfigureAwait(false);
        }
        catch (NixStoreException error) when (error.Code is NixErrorCodes.CacheAnswer or NixErrorCodes.CacheAccessDenied)
        {
            throw new NixStoreException(
                NixErrorCodes.NotABinaryCache,
                $"{Files.Place} is no binary cache: it has no {CacheInfo.FileName}, and none can be put there. Check the URI. ({error.Message})",
                error);
        }

        return info;
    }
}
