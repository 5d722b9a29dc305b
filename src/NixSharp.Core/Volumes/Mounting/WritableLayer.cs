using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes.Mounting;

/// <summary>What is written to one mount of a volume: the upper layer of an overlay, with a limit or without.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="target">Where the volume is mounted, for messages.</param>
internal sealed class WritableLayer(string folder, string target)
{
    // These have a meaning in the options of an overlay.
    private const string Reserved = ",:\\";

    /// <summary>What the layer lies in: a folder, or with a limit a mount.</summary>
    private string Root => Path.Combine(folder, "fs");

    /// <summary>Makes the layer, or finds it as it was before the machine was started anew.</summary>
    public async Task PrepareAsync(VolumeMountOptions options, CancellationToken cancellationToken)
    {
        if (folder.AsSpan().IndexOfAny(Reserved) >= 0)
        {
            throw new VolumeException(
                NixErrorCodes.VolumeMountFailed,
                $"Nothing can be written to volumes in this pool, because its path has a comma, a colon or a backslash in it: {folder}. Choose another folder for the pool.",
                folder);
        }

        Directory.CreateDirectory(Root);
        Unmount();
        if (options.Quota is { } quota)
        {
            await new LayerFileSystem(Path.Combine(folder, "image"), Root, target).MountAsync(quota, options.QuotaKind, cancellationToken).ConfigureAwait(false);
        }

        Directory.CreateDirectory(Path.Combine(Root, "upper"));
        Directory.CreateDirectory(Path.Combine(Root, "work"));
    }

    /// <summary>The mount of a volume's folder with this layer above it.</summary>
    public DetachedMount Over(string lower) => DetachedMount.Create(
        "overlay",
        [("source", "nixsharp"), ("lowerdir", lower), ("upperdir", Path.Combine(Root, "upper")), ("workdir", Path.Combine(Root, "work"))],
        target);

    /// <summary>Deletes the layer, and what was written.</summary>
    public void Delete()
    {
        if (FileTree.Exists(folder))
        {
            Unmount();
            FileTree.Delete(folder);
        }
    }

    private void Unmount()
    {
        // Nobody but the overlay above uses it, and that is gone or going.
        while (LibC.Unmount(FileNames.Terminate(Root), LibC.UnmountDetach | LibC.UnmountNoFollow) == 0)
        {
        }

        var errno = Marshal.GetLastPInvokeError();
        if (errno is not (Errno.InvalidArgument or Errno.NotFound))
        {
            throw MountErrors.NotUnmounted(Root, errno);
        }
    }
}
