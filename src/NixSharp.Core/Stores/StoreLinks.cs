using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Stores;

/// <summary>
/// The folder <c>.links</c> of a store: every file that was linked with equal ones, named by the base 32 SHA-256 of its NAR.
/// </summary>
internal static class StoreLinks
{
    public const string FolderName = ".links";

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
}
