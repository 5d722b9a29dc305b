using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Contents;

/// <summary>What an image needs from a store path of its own, to which a symlink is enough, or from this machine.</summary>
internal static class OutsideFile
{
    /// <summary>Makes <paramref name="source"/> appear at <paramref name="target"/>.</summary>
    public static ImageFile Place(Closure closure, string target, string source) => Find(closure, source) is not null
        ? ImageFile.Symlink(target, source)
        : ImageFile.FromPath(target, FileTarget(RealPathOf(closure, source)));

    /// <summary>Where the files of a path are: of one in the closure, wherever its store keeps it.</summary>
    public static string RealPathOf(Closure closure, string path) => Find(closure, path) is { } storePath
        ? closure.GetRealPath(storePath) + path[storePath.ToString().Length..]
        : path;

    private static StorePath? Find(Closure closure, string path)
    {
        var prefix = $"{closure.Store.StoreDirectory.Path}/";
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var end = path.IndexOf('/', prefix.Length);
        return StorePath.TryParse(end < 0 ? path : path[..end], closure.Store.StoreDirectory, out var storePath) && closure.Contains(storePath)
            ? storePath
            : null;
    }

    // A bundle is often a symlink to where the machine keeps it, which the image does not have.
    private static string FileTarget(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
}
