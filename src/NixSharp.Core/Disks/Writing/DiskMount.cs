using System.Globalization;
using NixSharp.Disks.Containers;
using NixSharp.Files;
using NixSharp.Processes;

namespace NixSharp.Disks.Writing;

/// <summary>Mounts file systems of raw images by a loop device, which goes away with the mount. Needs the right to mount.</summary>
public static class DiskMount
{
    private const string Hint = "apt install mount";

    /// <summary>Mounts a partition of an image.</summary>
    /// <param name="image">The image: raw, and not compressed.</param>
    /// <param name="folder">Where it is mounted; made where it is missing.</param>
    /// <param name="partition">The partition by number or label; null takes the whole disk where it has no table, else the only one with a known file system.</param>
    /// <param name="readOnly">Whether it can only be read. File systems may then still replay a journal, into memory.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DiskException">There is no such partition, or the image is compressed or in a container.</exception>
    /// <exception cref="NixProcessException"><c>mount</c> is missing, or refuses.</exception>
    public static async Task MountAsync(string image, string folder, string? partition = null, bool readOnly = true, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var (offset, length) = await FindAsync(image, partition, cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(folder, error);
        }

        var options = string.Create(CultureInfo.InvariantCulture, $"loop,offset={offset},sizelimit={length},{(readOnly ? "ro" : "rw")},nosuid,nodev");
        await new ProcessCommand("mount", "-o", options, "--", FileTree.ToFullPath(image), FileTree.ToFullPath(folder)) { InstallHint = Hint }.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Unmounts what is mounted at a folder.</summary>
    /// <exception cref="NixProcessException"><c>umount</c> is missing, or refuses because something is in use.</exception>
    public static Task UnmountAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new ProcessCommand("umount", "--", FileTree.ToFullPath(folder)) { InstallHint = Hint }.RunAsync(cancellationToken);
    }

    private static async Task<(long Offset, long Length)> FindAsync(string path, string? partition, CancellationToken cancellationToken)
    {
        using var image = await DiskImage.OpenAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
        var inspection = image.Inspect();
        if (inspection.Compression is not null || inspection.Container.Kind != DiskContainerKind.Raw)
        {
            throw new DiskException(NixErrorCodes.UnsupportedDisk, $"{path} cannot be mounted, because it is compressed or in a container. Decompress it with 'nixsharp disk decompress', or convert it with 'nixsharp disk convert'.");
        }

        var (offset, length, _) = image.Choose(partition, static detected => detected is not null and not { Type: "swap" or "crypto_LUKS" });
        return (offset, length);
    }
}
