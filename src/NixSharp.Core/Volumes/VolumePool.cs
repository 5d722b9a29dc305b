using NixSharp.Closures;
using NixSharp.Files;
using NixSharp.Stores;
using NixSharp.Volumes.Mounting;
using NixSharp.Volumes.Pools;

namespace NixSharp.Volumes;

/// <summary>
/// A folder of volumes with names, the places where they are mounted, and the leases that keep what they hold from being
/// collected. Every operation may be repeated, and several processes may use a pool at once. What a killed process left
/// is finished or removed when the pool is opened.
/// </summary>
public sealed partial class VolumePool
{
    private readonly IFileSystemStore _store;
    private readonly PoolLayout _layout;
    private readonly VolumePoolOptions _options;
    private readonly LeaseBook _leases;

    private VolumePool(PoolLayout layout, IFileSystemStore store, VolumePoolOptions options)
    {
        _layout = layout;
        _store = store;
        _options = options;
        _leases = new LeaseBook(layout, store, options.Time);
    }

    /// <summary>The pool's folder.</summary>
    public string Folder => _layout.Folder;

    /// <summary>Opens the pool in <paramref name="folder"/>; makes it where there is nothing yet.</summary>
    /// <param name="folder">The folder. It should be on the file system of the store, or files are copied.</param>
    /// <param name="store">The store that volumes are made from, with files on this machine; it must stay open while the pool is used.</param>
    /// <param name="options">How the pool works.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <exception cref="VolumeException">The folder is something else, or cannot be used.</exception>
    /// <exception cref="NixStoreException">The store has no files on this machine.</exception>
    public static Task<VolumePool> OpenAsync(string folder, INixStore store, VolumePoolOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var files = store.Require<IFileSystemStore>("make volumes");
        var full = FileTree.ToFullPath(folder);
        return VolumeGuard.RunAsync(
            full,
            "opened",
            async () =>
            {
                var layout = await PoolLayout.OpenOrCreateAsync(full, store.StoreDirectory, cancellationToken).ConfigureAwait(false);
                var pool = new VolumePool(layout, files, options ?? VolumePoolOptions.Default);
                pool.Recover(cancellationToken);
                return pool;
            },
            cancellationToken);
    }

    /// <summary>
    /// Makes a volume of <paramref name="closure"/>, or finds that it is there already. Its lease is held before the first
    /// link is made. Whatever happens meanwhile, the volume is whole or not there.
    /// </summary>
    /// <exception cref="VolumeException">There is a volume of that name with another closure, or it could not be written.</exception>
    /// <exception cref="NixStoreException">The closure is not valid any more.</exception>
    public Task<PooledVolume> CreateAsync(VolumeName name, Closure closure, VolumeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        Check(name);
        if (closure.Roots.Count == 0)
        {
            throw new ArgumentException("A volume is made for at least one store path.", nameof(closure));
        }

        var maker = new VolumeMaker(closure, _layout.PlaceOf(name), options ?? VolumeOptions.Default, token => _leases.HoldAsync(name, closure.Roots, token));
        return VolumeGuard.RunAsync(
            maker.Place.Path,
            "created",
            async () =>
            {
                try
                {
                    var (marker, report) = await maker.MakeAsync(cancellationToken).ConfigureAwait(false);
                    return Describe(name, marker) with { Report = report };
                }
                catch
                {
                    ReleaseAbandoned();
                    throw;
                }
            },
            cancellationToken);
    }

    /// <summary>Finds a volume; null where there is none of that name.</summary>
    public Task<PooledVolume?> FindAsync(VolumeName name, CancellationToken cancellationToken = default)
    {
        Check(name);
        var path = _layout.VolumeOf(name);
        return VolumeGuard.RunAsync(path, "found", () => Task.FromResult(Directory.Exists(path) ? Describe(name) : null), cancellationToken);
    }

    /// <summary>Lists the volumes by name, damaged ones included.</summary>
    public Task<IReadOnlyList<PooledVolume>> ListAsync(CancellationToken cancellationToken = default) => VolumeGuard.RunAsync<IReadOnlyList<PooledVolume>>(
        Folder,
        "listed",
        () => Task.FromResult<IReadOnlyList<PooledVolume>>([.. ListNames().Select(Describe)]),
        cancellationToken);

    /// <summary>Deletes a volume and begins the grace time of its lease.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="VolumeException">It is mounted, or cannot be deleted.</exception>
    public Task<bool> DeleteAsync(VolumeName name, CancellationToken cancellationToken = default)
    {
        Check(name);
        var place = _layout.PlaceOf(name);
        return VolumeGuard.RunAsync(
            place.Path,
            "deleted",
            async () =>
            {
                var held = await place.LockAsync(null, cancellationToken).ConfigureAwait(false);
                try
                {
                    var exists = Directory.Exists(place.Path);
                    var staging = place.ChooseStaging();
                    if (exists)
                    {
                        VolumeMounts.RefuseIfMounted(place.Path);
                        FileTree.Move(place.Path, staging);
                    }

                    // In this order, so that a full disk gets room first.
                    FileTree.Delete(staging, CancellationToken.None);
                    _leases.Release(name);
                    return exists;
                }
                finally
                {
                    held.DeleteAndDispose();
                }
            },
            cancellationToken);
    }

    /// <summary>Measures a volume: what it shares with the store and other volumes, and what it has alone. Looks at every file.</summary>
    /// <exception cref="VolumeException">There is no such volume, or it cannot be read.</exception>
    public Task<VolumeStatistics> GetStatisticsAsync(VolumeName name, CancellationToken cancellationToken = default)
    {
        Check(name);
        var path = _layout.VolumeOf(name);
        return VolumeGuard.RunAsync(
            path,
            "measured",
            () =>
            {
                var marker = VolumeMarker.Read(path);
                var bound = marker.Kind == VolumeKind.BindView ? VolumeTree.PathsOf(path, _store.StoreDirectory).Select(_store.GetRealPath) : [];
                return Task.FromResult(VolumeCensus.Take(path, bound, cancellationToken));
            },
            cancellationToken);
    }

    /// <summary>Compares a volume with its database, and that with its description.</summary>
    /// <exception cref="VolumeException">There is no such volume, or its description cannot be read.</exception>
    /// <exception cref="NixStoreException">Its database is damaged.</exception>
    public Task<VolumeVerifyResult> VerifyAsync(VolumeName name, VolumeVerifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(name);
        var verification = new VolumeVerification(_layout.VolumeOf(name), _store);
        return VolumeGuard.RunAsync(
            _layout.VolumeOf(name),
            "verified",
            () => Task.FromResult(verification.Run(options ?? VolumeVerifyOptions.Default, cancellationToken)),
            cancellationToken);
    }

    private static void Check(VolumeName name)
    {
        if (name == default)
        {
            VolumeName.Parse("");
        }
    }

    private IEnumerable<VolumeName> ListNames()
    {
        foreach (var folder in Directory.EnumerateDirectories(_layout.Volumes).Order(StringComparer.Ordinal))
        {
            if (VolumeName.TryParse(Path.GetFileName(folder), out var name))
            {
                yield return name;
            }
        }
    }

    private PooledVolume Describe(VolumeName name)
    {
        try
        {
            return Describe(name, VolumeMarker.Read(_layout.VolumeOf(name)));
        }
        catch (VolumeException error)
        {
            return new PooledVolume(name, _layout.VolumeOf(name), VolumeKind.HardLinks, []) { Problem = error.Message };
        }
    }

    private PooledVolume Describe(VolumeName name, VolumeMarker marker) => new(name, _layout.VolumeOf(name), marker.Kind, marker.Roots)
    {
        Created = marker.Created,
        Labels = marker.Labels,
        StorePaths = marker.StorePaths,
        NarSize = marker.NarSize,
    };
}
