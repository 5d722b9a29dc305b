using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Files, folders and symlinks on disk, as trees: read, copied, deleted.</summary>
public static partial class FileTree
{
    /// <summary>
    /// Feeds the file, folder or symlink at <paramref name="path"/> to <paramref name="sink"/>, in the order of a NAR:
    /// the entries of each folder by the bytes of their names. Symlinks are not followed.
    /// </summary>
    /// <exception cref="NixFileException">
    /// Something is missing or cannot be read, is a socket, a device or a FIFO, or changes meanwhile.
    /// </exception>
    public static void Read(string path, IFileTreeSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(sink);
        var root = ToFullPath(path);
        if (LibC.IsAvailable)
        {
            using var reader = new LinuxTreeReader(root, sink);
            reader.Read(cancellationToken);
        }
        else
        {
            new ManagedTreeReader(sink, cancellationToken).Read(root);
        }
    }

    /// <summary>
    /// Copies the tree at <paramref name="source"/> to <paramref name="target"/>, which must not exist; the kernel
    /// shares or copies the blocks where it can.
    /// </summary>
    /// <exception cref="NixFileException">Something cannot be read or written. What was copied until then stays.</exception>
    public static void Copy(
        string source,
        string target,
        TreeWriterOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var writer = new TreeWriter(target, options);
        Read(source, writer, cancellationToken);
    }

    /// <summary>
    /// Deletes the tree at <paramref name="path"/>, read-only folders and files included, if there is one. Symlinks
    /// are deleted, not followed, and nothing that is mounted inside is touched.
    /// </summary>
    /// <exception cref="NixFileException">Something cannot be deleted, or is a mount point.</exception>
    public static void Delete(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var root = ToFullPath(path);
        if (LibC.IsAvailable)
        {
            using var deleter = new LinuxTreeDeleter(root);
            deleter.Delete(cancellationToken);
        }
        else
        {
            ManagedTreeDeleter.Delete(root, cancellationToken);
        }
    }

    /// <summary>Deletes as <see cref="Delete"/> does, and counts the bytes of disk that become free.</summary>
    internal static long DeleteAndCount(string path, CancellationToken cancellationToken)
    {
        var root = ToFullPath(path);
        if (LibC.IsAvailable)
        {
            using var deleter = new LinuxTreeDeleter(root, count: true);
            deleter.Delete(cancellationToken);
            return deleter.BytesFreed;
        }

        var size = File.Exists(root) ? new FileInfo(root).Length
            : Directory.Exists(root) ? new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length)
            : 0;
        ManagedTreeDeleter.Delete(root, cancellationToken);
        return size;
    }

    /// <summary>The absolute path without a slash at its end, which would make the system follow a symlink.</summary>
    internal static string ToFullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
