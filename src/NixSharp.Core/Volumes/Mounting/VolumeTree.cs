using NixSharp.Native;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Volumes.Mounting;

/// <summary>Puts a volume together as it is seen where it is mounted.</summary>
/// <param name="volume">The volume's folder.</param>
/// <param name="store">The store that has the files of a bind view.</param>
internal sealed class VolumeTree(string volume, IFileSystemStore store)
{
    /// <summary>Mounts the volume at <paramref name="target"/>, a folder.</summary>
    public void Attach(VolumeKind kind, VolumeMountOptions options, WritableLayer layer, string target)
    {
        var root = options.Layout == VolumeRootLayout.Nix ? Path.Combine(volume, "nix") : volume;
        using var mount = options.ReadOnly ? DetachedMount.Of(root, target, readOnly: true) : layer.Over(root);
        var isAttached = false;
        if (kind == VolumeKind.BindView)
        {
            var prefix = options.Layout == VolumeRootLayout.Nix ? "store/" : "nix/store/";
            foreach (var path in PathsOf(volume, store.StoreDirectory))
            {
                using var inner = DetachedMount.Of(store.GetRealPath(path), target, readOnly: true);
                if (!mount.TryMoveIn(inner, prefix + path.BaseName))
                {
                    // Before Linux 6.15 a mount that others are moved into has to be attached.
                    mount.Attach();
                    isAttached = mount.TryMoveIn(inner, prefix + path.BaseName)
                        ? true
                        : throw MountErrors.Failed(path.ToString(), target, Errno.InvalidArgument);
                }
            }
        }

        if (!isAttached)
        {
            mount.Attach();
        }
    }

    /// <summary>The store paths that are mounted one by one in a bind view.</summary>
    public static IEnumerable<StorePath> PathsOf(string volume, StoreDirectory directory)
    {
        foreach (var entry in new DirectoryInfo(new StoreLayout(volume, directory).RealStore).EnumerateFileSystemInfos())
        {
            if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && StorePath.TryParseBaseName(entry.Name, directory, out var path))
            {
                yield return path;
            }
        }
    }
}
