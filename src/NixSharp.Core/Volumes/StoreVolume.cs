using NixSharp.Closures;
using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Volumes;

/// <summary>
/// A folder that holds one closure as a store of its own: its files are the store's, by hard links, so that a volume
/// takes no space and shares the page cache with all others; Nix's database in it lists exactly the closure, so that
/// any Nix may open the folder as a chroot store. Bind-mount its <c>nix</c> to <c>/nix</c>, and programs run.
/// </summary>
public sealed class StoreVolume
{
    private readonly VolumePlace _place;
    private readonly VolumeMarker _marker;

    private StoreVolume(VolumePlace place, VolumeMarker marker, VolumeReport? report)
    {
        _place = place;
        _marker = marker;
        Report = report;
        Layout = new StoreLayout(place.Path, marker.Directory);
    }

    /// <summary>The volume's full path.</summary>
    public string Path => _place.Path;

    /// <summary>Where the volume keeps what, in Nix's own layout.</summary>
    public StoreLayout Layout { get; }

    /// <summary>The store paths that the volume was made for; <c>nix/var/result</c> leads to the first.</summary>
    public IReadOnlyList<StorePath> Roots => _marker.Roots;

    /// <summary>What making it took; null for a volume that was opened.</summary>
    public VolumeReport? Report { get; }

    /// <summary>
    /// Makes a volume of <paramref name="closure"/> at <paramref name="path"/>, where nothing is yet, or finds that it
    /// is there already. Until the last moment it lies beside that place, so that it is whole or not there at all;
    /// what a killed process has left is removed. Processes that make the same volume at once make it once.
    /// </summary>
    /// <param name="closure">What the volume holds. Its store must have its files on this machine.</param>
    /// <param name="path">Where the volume will be; folders above it are made.</param>
    /// <param name="options">How it is made.</param>
    /// <param name="cancellationToken">Stops the operation and leaves nothing behind.</param>
    /// <exception cref="VolumeException">
    /// Something else is there, there can be no volume, or it could not be written.
    /// </exception>
    /// <exception cref="NixStoreException">The store has no files on this machine, or the closure is not valid any more.</exception>
    public static Task<StoreVolume> CreateAsync(
        Closure closure,
        string path,
        VolumeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        if (closure.Roots.Count == 0)
        {
            throw new ArgumentException("A volume is made for at least one store path.", nameof(closure));
        }

        options ??= VolumeOptions.Default;
        if (options.Kind != VolumeKind.HardLinks)
        {
            throw new ArgumentException("Only a VolumePool makes volumes that have to be mounted to be whole.", nameof(options));
        }

        var maker = new VolumeMaker(closure, VolumePlace.Of(path), options);
        return VolumeGuard.RunAsync(
            maker.Place.Path,
            "created",
            async () =>
            {
                var (marker, report) = await maker.MakeAsync(cancellationToken).ConfigureAwait(false);
                return new StoreVolume(maker.Place, marker, report);
            },
            cancellationToken);
    }

    /// <summary>Opens the volume at <paramref name="path"/>.</summary>
    /// <exception cref="VolumeException">There is none, or it is damaged.</exception>
    public static Task<StoreVolume> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        var place = VolumePlace.Of(path);
        return VolumeGuard.RunAsync(place.Path, "opened", () => Task.FromResult(new StoreVolume(place, VolumeMarker.Read(place.Path), null)), cancellationToken);
    }

    /// <summary>Measures the volume; looks at every file.</summary>
    /// <exception cref="VolumeException">The volume is gone or cannot be read.</exception>
    public Task<VolumeStatistics> GetStatisticsAsync(CancellationToken cancellationToken = default) => VolumeGuard.RunAsync(
        Path,
        "measured",
        () =>
        {
            VolumeMarker.Read(Path);
            return Task.FromResult(VolumeCensus.Take(Path, [], cancellationToken));
        },
        cancellationToken);

    /// <summary>Compares the volume with its database, and that with its description.</summary>
    /// <exception cref="VolumeException">The volume is gone, or its description cannot be read.</exception>
    /// <exception cref="NixStoreException">Its database is damaged.</exception>
    public Task<VolumeVerifyResult> VerifyAsync(VolumeVerifyOptions? options = null, CancellationToken cancellationToken = default) => VolumeGuard.RunAsync(
        Path,
        "verified",
        () => Task.FromResult(new VolumeVerification(Path, null).Run(options ?? VolumeVerifyOptions.Default, cancellationToken)),
        cancellationToken);

    /// <summary>
    /// Deletes the volume: at once it is gone from its place, and with it what kept its closure from being collected;
    /// then its files are deleted. The store's own are untouched.
    /// </summary>
    /// <exception cref="VolumeException">The volume is mounted, was deleted meanwhile, or cannot be deleted.</exception>
    public Task DeleteAsync(CancellationToken cancellationToken = default) => VolumeGuard.RunAsync(
        Path,
        "deleted",
        async () =>
        {
            VolumeMarker.Read(Path);
            var held = await _place.LockAsync(null, cancellationToken).ConfigureAwait(false);
            try
            {
                VolumeMarker.Read(Path);
                VolumeMounts.RefuseIfMounted(Path);
                var staging = _place.ChooseStaging();
                FileTree.Move(Path, staging);
                FileTree.Delete(staging, CancellationToken.None);
                return true;
            }
            finally
            {
                held.DeleteAndDispose();
            }
        },
        cancellationToken);
}
