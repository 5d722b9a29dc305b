using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Caches;

public partial class BinaryCacheStore
{
    /// <summary>What follows the hash part in a narinfo's name.</summary>
    private protected const string NarInfoEnding = ".narinfo";

    /// <inheritdoc/>
    public Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(nar);
        return AddNarsAsync([new NarSource(info, (upload, token) => nar.CopyToAsync(upload, CopyBufferSize, token))], options, cancellationToken);
    }

    /// <summary>
    /// Takes several objects in, several at once: first their NARs; then, in a folder and unless
    /// <see cref="StoreOptions.SyncBeforeRegistering"/> says otherwise, one wait for the disk; then the narinfos, each after
    /// those that it refers to. Signatures are not checked: whoever reads from the cache does that.
    /// </summary>
    /// <inheritdoc/>
    public async Task AddNarsAsync(IReadOnlyList<NarSource> nars, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nars);
        options ??= AddNarOptions.Default;
        var missing = await SelectMissingAsync(nars, options.Repair, cancellationToken).ConfigureAwait(false);
        if (missing.Count == 0)
        {
            return;
        }

        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var narInfos = new NarInfo[missing.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, missing.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (index, token) => narInfos[index] = await StoreNarAsync(missing[index], options.Repair, token).ConfigureAwait(false)).ConfigureAwait(false);
        await RegisterAsync(narInfos, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<StorePath> AddAsync(string source, string? name = null, AddOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        options ??= AddOptions.Default;
        name ??= Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        StorePath.CheckName(name);
        return Task.Run(
            async () =>
            {
                var resolved = SourceAddress.Resolve(source, options);
                var (address, references) = SourceAddress.Compute(resolved, options, options.Progress, cancellationToken);
                var path = StorePath.FromContentAddress(name, address, references, directory: StoreDirectory);
                await AddContentAddressedAsync(path, address, references, Dump, cancellationToken).ConfigureAwait(false);
                return path;

                void Dump(Stream upload)
                {
                    // What is stored is what counts: the source may have changed since it was hashed.
                    using var hashed = new HashingStream(upload, options.Algorithm);
                    using var plain = new HashingStream(Stream.Null, options.Algorithm);
                    var isFlat = options.Method == FileIngestionMethod.Flat;
                    using (var writer = new NarWriter(hashed))
                    {
                        FileTree.Read(resolved, isFlat ? new PlainFileSink(writer, plain) : writer, cancellationToken);
                    }

                    if ((isFlat ? plain.Hash : hashed.Hash) != address.Hash)
                    {
                        throw SourceAddress.Changed(resolved);
                    }
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<StorePath> AddTextAsync(string name, string text, IReadOnlyCollection<StorePath>? references = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        StorePath.CheckName(name);
        return Task.Run(
            async () =>
            {
                var bytes = ByteText.ToBytes(text);
                if (name.EndsWith(Derivation.FileExtension, StringComparison.Ordinal))
                {
                    DerivationFile.Check(name, bytes, references, StoreDirectory);
                }

                var address = ContentAddress.Text(NixHash.Compute(NixHashAlgorithm.Sha256, bytes));
                var path = StorePath.FromContentAddress(name, address, references, directory: StoreDirectory);
                await AddContentAddressedAsync(path, address, references ?? [], Dump, cancellationToken).ConfigureAwait(false);
                return path;

                void Dump(Stream upload)
                {
                    using var writer = new NarWriter(upload);
                    writer.AddFile([], executable: false, bytes.Length, new MemoryStream(bytes, writable: false));
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task AddSignaturesAsync(StorePath path, IReadOnlyCollection<string> signatures, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        await _infoGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var info = await GetNarInfoAsync(path, cancellationToken).ConfigureAwait(false);
            var all = info.PathInfo.Signatures.Union(signatures).ToList();
            if (all.Count > info.PathInfo.Signatures.Count)
            {
                await WriteNarInfoAsync(info with { PathInfo = info.PathInfo with { Signatures = all } }, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _infoGate.Release();
        }
    }

    private async Task<List<NarSource>> SelectMissingAsync(IReadOnlyList<NarSource> nars, bool repair, CancellationToken cancellationToken)
    {
        var present = repair ? new Dictionary<StorePath, PathInfo>() : await QueryPathInfosAsync([.. nars.Select(static nar => nar.Info.Path)], cancellationToken).ConfigureAwait(false);
        var missing = nars.Where(nar => !present.ContainsKey(nar.Info.Path)).DistinctBy(static nar => nar.Info.Path).ToList();
        var coming = new HashSet<StorePath>();
        var needed = new Dictionary<StorePath, StorePath>();
        foreach (var nar in missing)
        {
            coming.Add(nar.Info.Path);
            foreach (var reference in nar.Info.References.Where(reference => !coming.Contains(reference)))
            {
                needed.TryAdd(reference, nar.Info.Path);
            }
        }

        var there = await QueryPathInfosAsync(needed.Keys, cancellationToken).ConfigureAwait(false);
        return needed.Keys.FirstOrDefault(reference => !there.ContainsKey(reference)) is { BaseName.Length: > 0 } absent
            ? throw new NixStoreException(
                NixErrorCodes.PathNotValid,
                $"{needed[absent]} was not added to the binary cache {_files.Place}: it refers to {absent}, which is not there. Copy that first, or the whole closure.")
            : missing;
    }

    private async Task AddContentAddressedAsync(
        StorePath path,
        ContentAddress address,
        IReadOnlyCollection<StorePath> references,
        Action<Stream> dump,
        CancellationToken cancellationToken)
    {
        // Hash and size come out on the way; the content address vouches for them.
        var info = new PathInfo { Path = path, NarHash = default, NarSize = 0, References = [.. references.Distinct().Order()], ContentAddress = address };
        var source = new NarSource(info, (upload, _) => Task.Run(() => dump(upload), cancellationToken));
        if ((await SelectMissingAsync([source], repair: false, cancellationToken).ConfigureAwait(false)).Count > 0)
        {
            await BeginAsync(cancellationToken).ConfigureAwait(false);
            await RegisterAsync([await StoreNarAsync(source, replace: false, cancellationToken, isMeasured: true).ConfigureAwait(false)], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stores a NAR, and the listing of it; the path is not valid before its narinfo is there.</summary>
    private async Task<NarInfo> StoreNarAsync(NarSource source, bool replace, CancellationToken cancellationToken, bool isMeasured = false)
    {
        var info = source.Info;
        var upload = new NarUpload(_files.Begin(), _settings, isMeasured ? null : info.NarSize, cancellationToken);
        await using (upload.ConfigureAwait(false))
        {
            try
            {
                await source.WriteNarAsync(upload, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (upload.IsTooLarge)
            {
                throw NotAnnounced(info, $"it has more than {info.NarSize} bytes");
            }

            var result = await upload.CompleteAsync().ConfigureAwait(false);
            if (isMeasured)
            {
                info = info with { NarHash = result.NarHash, NarSize = result.NarSize };
            }
            else if (result.NarSize != info.NarSize)
            {
                throw NotAnnounced(info, $"it has {result.NarSize} bytes instead of {info.NarSize}");
            }
            else if (result.NarHash != info.NarHash)
            {
                throw NotAnnounced(info, $"its hash is {result.NarHash} instead of {info.NarHash}");
            }

            var listing = await upload.GetListingAsync().ConfigureAwait(false);
            if (replace || !await _files.ExistsAsync(result.Url, result.FileSize, cancellationToken).ConfigureAwait(false))
            {
                await upload.CommitAsync(result, cancellationToken).ConfigureAwait(false);
            }

            if (listing is not null)
            {
                var json = new JObject { ["version"] = 1, ["root"] = listing }.ToString(Formatting.None);
                await _files.WriteAsync($"{info.Path.HashPart}.ls", Encoding.UTF8.GetBytes(json), CacheFileType.Listing, cancellationToken).ConfigureAwait(false);
            }

            return Sign(new NarInfo
            {
                PathInfo = info,
                Url = result.Url,
                Compression = _settings.Compression.Name,
                FileHash = result.FileHash,
                FileSize = result.FileSize,
            });
        }
    }

    private NarInfo Sign(NarInfo info) => _settings.Keys.Count == 0 ? info : info with
    {
        PathInfo = info.PathInfo with { Signatures = [.. info.PathInfo.Signatures.Union(_settings.Keys.Select(key => key.Sign(info.PathInfo).ToString()))] },
    };

    /// <summary>Makes paths valid, each after those of them that it refers to.</summary>
    private async Task RegisterAsync(IReadOnlyList<NarInfo> infos, CancellationToken cancellationToken)
    {
        if (_options.SyncBeforeRegistering)
        {
            await Task.Run(() => _files.SyncAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        var left = new Queue<NarInfo>(infos);
        while (left.Count > 0)
        {
            // As many as do not refer to one another.
            var together = new Dictionary<StorePath, NarInfo>();
            while (left.TryPeek(out var next) && !next.PathInfo.References.Any(reference => reference != next.PathInfo.Path && together.ContainsKey(reference)))
            {
                together.Add(next.PathInfo.Path, left.Dequeue());
            }

            await Parallel.ForEachAsync(
                together.Values,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (info, token) => await WriteNarInfoAsync(info, token).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task WriteNarInfoAsync(NarInfo info, CancellationToken cancellationToken)
    {
        var (hashPart, text) = (info.PathInfo.Path.HashPart.ToString(), info.Write());
        await _files.WriteAsync(hashPart + NarInfoEnding, Encoding.UTF8.GetBytes(text), CacheFileType.NarInfo, cancellationToken).ConfigureAwait(false);
        Keep(info);
        _lookups?.Remember(hashPart, text);
    }

    /// <summary>Sees to it that the cache describes itself.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_isInfoThere)
        {
            return;
        }

        await _infoGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isInfoThere)
            {
                await _files.WriteAsync(CacheInfo.FileName, Encoding.UTF8.GetBytes(Info.Write()), CacheFileType.CacheInfo, cancellationToken).ConfigureAwait(false);
                _isInfoThere = true;
            }
        }
        finally
        {
            _infoGate.Release();
        }
    }

    private static NixStoreException NotAnnounced(PathInfo info, string how) => new(
        NixErrorCodes.NarMismatch,
        $"The NAR of {info.Path} is not the one that was announced: {how}. Nothing was added. Get it again, or from another store.");
}
