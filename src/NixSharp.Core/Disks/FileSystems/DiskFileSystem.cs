using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.FileSystems;

/// <summary>
/// A file system in an image, read without mounting it. Paths start at its root, with or without a slash in front; its
/// symlinks are followed inside of it. Every method throws a <see cref="DiskException"/> where the file system is damaged.
/// </summary>
public abstract class DiskFileSystem
{
    private const int MaxLinks = 40;

    /// <summary>Stands for the size of a file where the reader sets no limit.</summary>
    internal const long Unlimited = long.MaxValue;

    private protected DiskFileSystem(BlockSource source)
    {
        Source = source;
    }

    /// <summary>The top folder.</summary>
    private protected abstract DiskEntry Root { get; }

    private protected BlockSource Source { get; }

    /// <summary>Finds what a path leads to.</summary>
    /// <exception cref="DiskException">Nothing is there (<c>NIXS3103</c>), or the file system is damaged.</exception>
    public DiskEntry Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var above = new Stack<DiskEntry>();
        var current = Root;
        var links = 0;
        var left = new Stack<string>(Split(path).Reverse());
        while (left.TryPop(out var name))
        {
            if (name == "..")
            {
                current = above.TryPop(out var parent) ? parent : current;
                continue;
            }

            if (current.Kind != DiskEntryKind.Directory)
            {
                throw Missing(path, $"{current.Name} is no folder");
            }

            var child = FindChild(current, name) ?? throw Missing(path, $"there is no '{name}'");
            if (child.Kind == DiskEntryKind.Symlink)
            {
                if (++links > MaxLinks)
                {
                    throw Missing(path, "its symlinks lead in a circle");
                }

                var target = child.LinkTarget ?? "";
                if (target.StartsWith('/'))
                {
                    above.Clear();
                    current = Root;
                }

                foreach (var part in Split(target).Reverse())
                {
                    left.Push(part);
                }

                continue;
            }

            above.Push(current);
            current = child;
        }

        return current;
    }

    /// <summary>Lists a folder, in the order that the file system has; without <c>.</c> and <c>..</c>.</summary>
    /// <exception cref="DiskException">The path leads to no folder (<c>NIXS3103</c>), or the file system is damaged.</exception>
    public IReadOnlyList<DiskEntry> List(string path)
    {
        var folder = Find(path);
        return folder.Kind == DiskEntryKind.Directory ? ReadFolder(folder) : throw Missing(path, "it is no folder");
    }

    /// <summary>Writes the contents of a file to a stream, holes as zeros.</summary>
    /// <exception cref="DiskException">The path leads to no file (<c>NIXS3103</c>), or the file system is damaged.</exception>
    public void CopyFile(string path, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var file = Find(path);
        if (file.Kind != DiskEntryKind.File)
        {
            throw Missing(path, "it is no file");
        }

        ReadFile(file, destination, Unlimited, cancellationToken);
    }

    /// <summary>Writes the first bytes of a file, up to a limit.</summary>
    internal abstract void ReadFile(DiskEntry file, Stream destination, long limit, CancellationToken cancellationToken);

    internal abstract IReadOnlyList<DiskEntry> ReadFolder(DiskEntry folder);

    private protected virtual DiskEntry? FindChild(DiskEntry folder, string name) => ReadFolder(folder).FirstOrDefault(entry => entry.Name == name);

    private protected static DiskException Damaged(string what, string why) => new(
        NixErrorCodes.InvalidFileSystem,
        $"The {what} file system is damaged: {why}. Get the image again, or check it with fsck.");

    private static IEnumerable<string> Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != ".");

    private static DiskException Missing(string path, string why) =>
        new(NixErrorCodes.NotInFileSystem, $"'{path}' cannot be read out of the image: {why}. List its folders with 'nixsharp disk ls'.");
}
