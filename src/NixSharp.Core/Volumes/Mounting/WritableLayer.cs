using System.Globalization;
using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes.Mounting;

/// <summary>What is written to one mount of a volume: the upper layer of an overlay, with a limit or without.</summary>
internal sealed class WritableLayer(string folder)
{
    // These have a meaning in the options of an overlay.
    private const string Reserved = ",:\\";

    /// <summary>Where a file system of its own is mounted that limits what is written.</summary>
    private string FileSystem => Path.Combine(folder, "fs");

    /// <summary>Makes the layer, or finds it as it was before the machine was started anew.</summary>
    public void Prepare(VolumeMountOptions options)
    {
        if (folder.AsSpan().IndexOfAny(Reserved) >= 0)
        {
            throw new VolumeException(
                NixErrorCodes.VolumeMountFailed,
                $"Nothing can be written to volumes in this pool, because its path has a comma, a colon or a backslash in it: {folder}. Choose another folder for the pool.",
                folder);
        }

        Directory.CreateDirectory(folder);
        if (options.Quota is { } quota)
        {
            Directory.CreateDirectory(FileSystem);
            Unmount(FileSystem);
            using var memory = DetachedMount.Create("tmpfs", [("size", quota.ToString(CultureInfo.InvariantCulture)), ("mode", "0755"), ("source", "nixsharp")], FileSystem);
            memory.Attach();
        }

        var root = options.Quota is null ? folder : FileSystem;
        Directory.CreateDirectory(Path.Combine(root, "upper"));
        Directory.CreateDirectory(Path.Combine(root, "work"));
    }

    /// <summary>The mount of a volume's folder with this layer above it.</summary>
    public DetachedMount Over(string lower, VolumeMountOptions options, string target)
    {
        var root = options.Quota is null ? folder : FileSystem;
        return DetachedMount.Create(
            "overlay",
            [("source", "nixsharp"), ("lowerdir", lower), ("upperdir", Path.Combine(root, "upper")), ("workdir", Path.Combine(root, "work"))],
            target);
    }

    /// <summary>Deletes the layer, and what was written.</summary>
    public void Delete()
    {
        if (FileTree.Exists(folder))
        {
            if (Directory.Exists(FileSystem))
            {
                Unmount(FileSystem);
            }

            FileTree.Delete(folder);
        }
    }

    private static void Unmount(string point)
    {
        // Nobody but the overlay above uses it, and that is gone or going.
        while (LibC.Unmount(FileNames.Terminate(point), LibC.UnmountDetach | LibC.UnmountNoFollow) == 0)
        {
        }

        var errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.InvalidArgument)
        {
            throw MountErrors.NotUnmounted(point, errno);
        }
    }
}
