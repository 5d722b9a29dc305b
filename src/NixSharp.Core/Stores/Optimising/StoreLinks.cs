using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.Native;

namespace NixSharp.Stores.Optimising;

/// <summary>
/// The folder <c>.links</c> of a store: every file that was linked with equal ones, named by the base 32 SHA-256 of its NAR.
/// </summary>
internal static class StoreLinks
{
    public const string FolderName = ".links";

    /// <summary>What the description of a damaged file begins with.</summary>
    public const string Damaged = "the linked file ";

    public static string FolderOf(StoreLayout layout) => Path.Combine(layout.RealStore, FolderName);

    /// <summary>Removes the files that no store object has any more.</summary>
    /// <returns>How many bytes of disk that freed.</returns>
    public static long RemoveUnused(StoreLayout layout, CancellationToken cancellationToken)
    {
        var folder = FolderOf(layout);
        if (!LibC.IsAvailable || !Directory.Exists(folder))
        {
            return 0;
        }

        var freed = 0L;
        using var walk = new FolderWalk(folder, sorted: false);
        walk.Enter(FileNames.Terminate(folder));
        while (walk.TryNext(out var entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = walk.TerminatedName(entry);
            if (LibC.StatX(walk.Folder, name, LibC.SymlinkNoFollow, LibC.StatusBasics, out var status) == 0
                && status.Type != EntryType.Directory && status.Links == 1
                && LibC.UnlinkAt(walk.Folder, name, 0) == 0)
            {
                freed += status.SizeOnDisk;
            }
        }

        return freed;
    }

    /// <summary>Finds files that are not what their names say, and removes them where asked: no store object gets them from then on.</summary>
    /// <param name="layout">The store.</param>
    /// <param name="all">Whether those are looked at, too, that store objects have.</param>
    /// <param name="remove">Whether they are removed.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    public static IReadOnlyList<StoreProblem> FindDamaged(StoreLayout layout, bool all, bool remove, CancellationToken cancellationToken)
    {
        var problems = new List<StoreProblem>();
        var folder = FolderOf(layout);
        if (!LibC.IsAvailable || !Directory.Exists(folder))
        {
            return problems;
        }

        using var hasher = new FileNarHasher();
        using var walk = new FolderWalk(folder, sorted: true);
        walk.Enter(FileNames.Terminate(folder));
        while (walk.TryNext(out var entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = walk.TerminatedName(entry);
            if (LibC.StatX(walk.Folder, name, LibC.SymlinkNoFollow, LibC.StatusBasics, out var status) != 0 || (status.Links > 1 && !all))
            {
                continue;
            }

            var file = new StoreFile(walk.Folders.FullPath(name), status, null);
            var expected = FileNames.Display(name[..^1]);
            if (FileLinker.Hash(file, hasher)?.ToDigestString(HashFormat.Nix32) is var found && found != expected && FileTree.Exists(Path.Combine(folder, expected)))
            {
                problems.Add(new StoreProblem(null, $"{Damaged}{expected} was changed: its hash is {found ?? "unknown"}"));
                if (remove)
                {
                    _ = LibC.UnlinkAt(walk.Folder, name, 0);
                }
            }
        }

        return problems;
    }
}
