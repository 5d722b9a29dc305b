using NixSharp.Closures;
using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Database;

namespace NixSharp.Volumes;

/// <summary>Makes one volume, or finds that it is there.</summary>
/// <param name="closure">What the volume holds.</param>
/// <param name="place">Where it will be.</param>
/// <param name="options">How it is made.</param>
/// <param name="hold">Keeps the closure from being collected, in place of a root in the volume: called before the first link is made, with the place locked.</param>
internal sealed class VolumeMaker(Closure closure, VolumePlace place, VolumeOptions options, Func<CancellationToken, Task>? hold = null)
{
    private const int ProbeSize = 64 * 1024;

    public VolumePlace Place => place;

    public async Task<(VolumeMarker Marker, VolumeReport Report)> MakeAsync(CancellationToken cancellationToken)
    {
        // A store without files is refused before anything is made.
        closure.GetRealPath(closure.Roots[0]);
        place.MakeParent();
        var held = await place.LockAsync(options.LockTimeout, cancellationToken).ConfigureAwait(false);
        try
        {
            place.DeleteLeftovers(cancellationToken);
            var exists = FileTree.Exists(place.Path);
            var (marker, report) = exists ? Reuse() : await BuildAsync(cancellationToken).ConfigureAwait(false);
            if (exists || hold is null)
            {
                await AddRootsAsync(place.Path, cancellationToken).ConfigureAwait(false);
            }

            return (marker, report);
        }
        finally
        {
            held.DeleteAndDispose();
        }
    }

    /// <summary>Checks that what is there is a volume of this closure.</summary>
    private (VolumeMarker Marker, VolumeReport Report) Reuse()
    {
        var found = VolumeMarker.Read(place.Path);
        if (found.Directory != closure.Store.StoreDirectory || !found.Roots.SequenceEqual(closure.Roots))
        {
            throw Other($"it was made for {Describe(found.Roots)}, not for {Describe(closure.Roots)}");
        }

        if (found.Kind != options.Kind)
        {
            throw Other("it is of another kind");
        }

        using var database = StoreDatabase.OpenReadOnly(new StoreLayout(place.Path, found.Directory).Database, found.Directory);
        var valid = database.List().ToHashSet();
        return closure.Paths.FirstOrDefault(info => !valid.Contains(info.Path)) is { } missing
            ? throw Other($"it lacks {missing.Path}")
            : (found, new VolumeReport { IsReused = true });
    }

    private async Task<(VolumeMarker Marker, VolumeReport Report)> BuildAsync(CancellationToken cancellationToken)
    {
        var marker = new VolumeMarker(closure.Store.StoreDirectory, closure.Roots)
        {
            Kind = options.Kind,
            Created = DateTimeOffset.UtcNow,
            Labels = options.Labels,
            StorePaths = closure.Paths.Count,
            NarSize = closure.NarSize,
        };
        var staging = place.ChooseStaging();
        try
        {
            var layout = new StoreLayout(staging, closure.Store.StoreDirectory);
            foreach (var folder in (string[])[layout.RealStore, layout.Database, layout.GcRoots, layout.Profiles, layout.TemporaryRoots])
            {
                Directory.CreateDirectory(folder);
            }

            marker.Write(staging);
            foreach (var (name, root) in NamedRoots())
            {
                File.CreateSymbolicLink(Path.Combine(staging, "nix", "var", name), root.ToString());
                File.CreateSymbolicLink(Path.Combine(layout.GcRoots, name), root.ToString());
            }

            // Before the first link: from here on nothing of the closure can be collected.
            await AddRootsAsync(staging, cancellationToken).ConfigureAwait(false);
            Register(layout);
            var report = options.Kind == VolumeKind.BindView
                ? BindViewTree.Make(closure, layout.RealStore, cancellationToken)
                : LinkTree.Make(closure, layout.RealStore, options, cancellationToken);
            if (options.Sync)
            {
                FileTree.Sync(staging);
            }

            FileTree.Move(staging, place.Path);
            return (marker, report);
        }
        finally
        {
            FileTree.Delete(staging, CancellationToken.None);
        }
    }

    private void Register(StoreLayout layout)
    {
        try
        {
            using var database = StoreDatabase.CreateStaged(layout.Database, layout.Directory);
            database.Register(
                [.. closure.Paths],
                closure.Store is LocalStore local ? local.QueryKnownOutputs : null);
        }
        catch (NixStoreException)
        {
            // SQLite doesn't tell that a disk is full from other reasons; the system does.
            File.WriteAllBytes(Path.Combine(layout.Database, "probe"), new byte[ProbeSize]);
            throw;
        }
    }

    /// <summary>Makes the symlinks in the volume roots of the store that the files come from.</summary>
    private async Task AddRootsAsync(string volume, CancellationToken cancellationToken)
    {
        if (hold is not null)
        {
            await hold(cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!options.AddGcRoot)
        {
            return;
        }

        var layout = new StoreLayout(volume, closure.Store.StoreDirectory);
        foreach (var (name, root) in NamedRoots())
        {
            await closure.Store.Require<IStoreRoots>("keep GC roots").AddRootAsync(Path.Combine(layout.GcRoots, name), root, cancellationToken).ConfigureAwait(false);
        }
    }

    private IEnumerable<(string Name, StorePath Root)> NamedRoots() =>
        closure.Roots.Select(static (root, index) => (index == 0 ? "result" : $"result-{index}", root));

    private VolumeException Other(string why) => new(
        NixErrorCodes.VolumeOfOtherClosure,
        $"There is a volume at {place.Path} already, and {why}. It was left alone; delete it, or choose another path.",
        place.Path);

    private static string Describe(IReadOnlyList<StorePath> roots) =>
        roots.Count == 1 ? roots[0].ToString() : $"{roots[0]} and {roots.Count - 1} more";
}
