using System.Collections.Concurrent;
using System.Text;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Caches;

/// <summary>
/// A binary cache: compressed NARs, and a narinfo for each, in a folder (<c>file://</c>), on a web server
/// (<c>http://</c>, <c>https://</c>) or in object storage (<c>s3://</c>). Nothing in it is believed before it was
/// checked against its hash; whether a path is trusted is for the store to decide that takes it in.
/// </summary>
public partial class BinaryCacheStore : INixStore, ISignatureStore, IRealisationStore, IBuildLogStore
{
    private readonly ICacheFiles _files;
    private readonly StoreReference _reference;
    private readonly StoreOptions _options;
    private readonly CacheSettings _settings;
    private readonly LookupCache? _lookups;
    private readonly ConcurrentDictionary<StorePath, NarInfo> _infos = new();
    private readonly SemaphoreSlim _infoGate = new(1, 1);
    private volatile bool _isInfoThere;

    private protected BinaryCacheStore(BinaryCacheStoreParts parts)
    {
        (_files, _reference, _options, _settings, _lookups) = (parts.Files, parts.Reference, parts.Options, parts.Settings, parts.Lookups);
        Info = parts.Info ?? new CacheInfo { StoreDirectory = parts.Directory };
        _isInfoThere = parts.Info is not null;
    }

    /// <summary>What the cache says of itself.</summary>
    public CacheInfo Info { get; }

    /// <inheritdoc/>
    public StoreDirectory StoreDirectory => Info.StoreDirectory;

    /// <summary>The URI that opens this store again, in Nix's syntax; a password that it had is left out.</summary>
    public string Uri => _reference.ToDisplayString();

    /// <summary>Whether what the cache holds is believed without signatures (<c>trusted=</c>).</summary>
    public bool IsTrusted => _reference.IsTrusted;

    /// <summary>The lower, the earlier the cache is asked: the parameter <c>priority</c>, what the cache says, or 50.</summary>
    public int Priority => (int?)_reference.GetNumber("priority") ?? Info.Priority ?? 50;

    /// <summary>Whether the cache may be asked for many paths at a time: the parameter <c>want-mass-query</c>, or what the cache says.</summary>
    public bool WantMassQuery => _reference.GetBoolean("want-mass-query", Info.WantMassQuery ?? false);

    private bool IsOnThisMachine => _reference.Kind == StoreKind.File;

    private int Parallelism => IsOnThisMachine ? Environment.ProcessorCount : Math.Max(1, _options.Caches.Connections);

    /// <summary>Opens the cache that <paramref name="reference"/> names.</summary>
    internal static async Task<BinaryCacheStore> OpenAsync(StoreReference reference, StoreOptions? options, CancellationToken cancellationToken)
    {
        var parts = await BinaryCacheStoreParts.OpenAsync(reference, options ?? StoreOptions.Default, cancellationToken).ConfigureAwait(false);
        return parts.Files is FolderCacheFiles folder ? new FolderCacheStore(parts, folder) : new BinaryCacheStore(parts);
    }

    /// <inheritdoc/>
    public async Task<PathInfo?> QueryPathInfoAsync(StorePath path, CancellationToken cancellationToken = default) =>
        (await QueryNarInfoAsync(path, cancellationToken).ConfigureAwait(false))?.PathInfo;

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<StorePath, PathInfo>> QueryPathInfosAsync(IReadOnlyCollection<StorePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var infos = new ConcurrentDictionary<StorePath, PathInfo>();
        var learned = new ConcurrentDictionary<string, string?>();
        try
        {
            await Parallel.ForEachAsync(
                paths.Distinct(),
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (path, token) =>
                {
                    if (await FindAsync(path, (hashPart, text) => learned[hashPart] = text, token).ConfigureAwait(false) is { } info)
                    {
                        infos[path] = info.PathInfo;
                    }
                }).ConfigureAwait(false);
        }
        finally
        {
            if (!learned.IsEmpty)
            {
                _lookups?.Remember(learned);
            }
        }

        return infos;
    }

    /// <summary>What the cache says of a path: the path info, and where its NAR is; null where it is not in the cache.</summary>
    /// <exception cref="NixStoreException">The cache does not answer, or its narinfo makes no sense.</exception>
    public Task<NarInfo?> QueryNarInfoAsync(StorePath path, CancellationToken cancellationToken = default) =>
        FindAsync(path, (hashPart, text) => _lookups?.Remember(hashPart, text), cancellationToken);

    /// <summary>Closes connections, and, in a folder and unless <see cref="StoreOptions.SyncBeforeRegistering"/> says otherwise, has what was written reach the disk.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_options.SyncBeforeRegistering)
            {
                await Task.Run(() => _files.SyncAsync(CancellationToken.None)).ConfigureAwait(false);
            }
        }
        finally
        {
            _lookups?.Dispose();
            _infoGate.Dispose();
            await _files.DisposeAsync().ConfigureAwait(false);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Reads and checks a narinfo; null where there is none.</summary>
    /// <param name="hashPart">The hash part of the path.</param>
    /// <param name="learn">Is told what was found.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    private protected async Task<NarInfo?> FetchAsync(string hashPart, Action<string, string?> learn, CancellationToken cancellationToken)
    {
        var name = hashPart + NarInfoEnding;
        var bytes = await ReadAsync(name, NarInfo.MaxSize, cancellationToken).ConfigureAwait(false);

        // A machine that lost its power may leave a file that is empty.
        if (bytes is null || (bytes.Length == 0 && IsOnThisMachine))
        {
            learn(hashPart, null);
            return null;
        }

        try
        {
            var info = NarInfo.Parse(bytes, StoreDirectory);
            if (!info.PathInfo.Path.HashPart.SequenceEqual(hashPart))
            {
                throw Damaged(name, $"it is about {info.PathInfo.Path}");
            }

            learn(hashPart, Encoding.UTF8.GetString(bytes));
            return Keep(info);
        }
        catch (NixFormatException error)
        {
            throw Damaged(name, error.Message.TrimEnd('.'), error);
        }
    }

    private async Task<NarInfo?> FindAsync(StorePath path, Action<string, string?> learn, CancellationToken cancellationToken)
    {
        if (_infos.TryGetValue(path, out var known))
        {
            return known;
        }

        var hashPart = path.HashPart.ToString();
        if (path.Directory != StoreDirectory || hashPart.Length != StorePath.HashPartLength)
        {
            return null;
        }

        if (_lookups?.Find(hashPart) is { } lookup)
        {
            if (lookup.Text is null)
            {
                return null;
            }

            if (NarInfo.TryParse(lookup.Text, StoreDirectory, out var remembered) && remembered.PathInfo.Path == path)
            {
                return Keep(remembered);
            }
        }

        // Another path with the same hash part is another path.
        var found = await FetchAsync(hashPart, learn, cancellationToken).ConfigureAwait(false);
        return found?.PathInfo.Path == path ? found : null;
    }

    private async Task<NarInfo> GetNarInfoAsync(StorePath path, CancellationToken cancellationToken) =>
        await QueryNarInfoAsync(path, cancellationToken).ConfigureAwait(false) ?? throw new NixStoreException(
            NixErrorCodes.PathNotValid,
            $"{path} is not in the binary cache {_files.Place}. Copy it there first, or ask another cache.");

    private NarInfo Keep(NarInfo info)
    {
        if (_infos.Count >= _settings.InfosInMemory)
        {
            _infos.Clear();
        }

        return _infos[info.PathInfo.Path] = info;
    }

    /// <summary>Reads a small file; null where there is none.</summary>
    private async Task<byte[]?> ReadAsync(string name, int limit, CancellationToken cancellationToken)
    {
        if (await _files.OpenAsync(name, cancellationToken).ConfigureAwait(false) is not { } stream)
        {
            return null;
        }

        await using (stream.ConfigureAwait(false))
        {
            return await CacheText.ReadAsync(stream, limit, cancellationToken).ConfigureAwait(false)
                ?? throw Damaged(name, $"it has more than {limit} bytes");
        }
    }

    private NixStoreException Damaged(string name, string why, Exception? inner = null) => new(
        NixErrorCodes.CacheFileDamaged,
        $"The file {CacheText.Show(name)} of the binary cache {_files.Place} cannot be used: {why}. Tell the cache's owner, or use another cache.",
        inner);
}
