using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Looks at every file of a tree on Linux, without reading any.</summary>
internal static class StatusWalk
{
    /// <summary>Takes the status of a file or folder.</summary>
    public delegate void Visitor(in StatX status);

    /// <summary>Tells what is at a path, and, where it is a folder, what is in it.</summary>
    /// <returns>0, or the number of the error where nothing can be told of the path itself.</returns>
    /// <exception cref="NixFileException">A folder below cannot be read.</exception>
    public static int Run(string path, Visitor visit, CancellationToken cancellationToken = default)
    {
        var name = FileNames.Terminate(path);
        if (LibC.StatX(LibC.CurrentFolder, name, LibC.SymlinkNoFollow, LibC.StatusBasics, out var root) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        visit(root);
        if (root.Type != EntryType.Directory)
        {
            return 0;
        }

        using var walk = new FolderWalk(path, sorted: false);
        walk.Enter(name);
        while (walk.Depth > 0)
        {
            if (!walk.TryNext(out var entry))
            {
                walk.Leave();
                continue;
            }

            var status = walk.Status(entry);
            visit(status);
            if (status.Type == EntryType.Directory)
            {
                cancellationToken.ThrowIfCancellationRequested();
                walk.Enter(walk.TerminatedName(entry));
            }
        }

        return 0;
    }
}
