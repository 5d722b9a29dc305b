using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

/// <summary>Makes the symlinks that keep paths from being collected.</summary>
internal static class GcRootLink
{
    /// <summary>Makes <paramref name="link"/> a symlink to <paramref name="path"/>, in place of one to another store path.</summary>
    /// <exception cref="NixStoreException">Something else is there.</exception>
    public static void Write(string link, StorePath path)
    {
        if (FileTree.Exists(link) && !(new FileInfo(link).LinkTarget?.StartsWith(path.Directory.Path + "/", StringComparison.Ordinal) ?? false))
        {
            throw new NixStoreException(
                NixErrorCodes.PathInUse,
                $"'{link}' is there already and is no link into the store, so it was not made a GC root. Choose another path.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        AtomicFile.WriteSymlink(link, path.ToString());
    }
}
