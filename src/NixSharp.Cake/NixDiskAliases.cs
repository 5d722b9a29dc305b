using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Disks;
using NixSharp.Disks.Containers;
using NixSharp.Disks.Writing;

namespace NixSharp.Cake;

/// <summary>Looks into disk images, writes and converts them.</summary>
[CakeAliasCategory("Nix")]
public static class NixDiskAliases
{
    /// <summary>Says what an image holds: container, partitions, file systems, and what is wrong with it.</summary>
    /// <example><code>var disk = NixDiskInspect("./result/nixos.img");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    [CakeNamespaceImport("NixSharp.Disks")]
    public static DiskInspection NixDiskInspect(this ICakeContext context, string image) => StoreRunner.Run(async () =>
    {
        using var disk = await DiskImage.OpenAsync(StoreRunner.FullPath(context, image)!).ConfigureAwait(false);
        var inspection = disk.Inspect();
        foreach (var problem in inspection.Problems)
        {
            context.Log.Warning("{0}: {1}", image, problem);
        }

        return inspection;
    });

    /// <summary>Decompresses an image (<c>.zst</c>, <c>.xz</c>, <c>.gz</c>) into a file with holes.</summary>
    /// <returns>Its size and its SHA-256.</returns>
    /// <example><code>NixDiskDecompress("./result/sd-image/nixos.img.zst", "./artifacts/nixos.img");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    [CakeNamespaceImport("NixSharp.Disks.Writing")]
    public static DecompressResult NixDiskDecompress(this ICakeContext context, string image, string destination) =>
        StoreRunner.Run(() => ImageDecompressor.DecompressAsync(StoreRunner.FullPath(context, image)!, StoreRunner.FullPath(context, destination)!));

    /// <summary>Writes a raw image, compressed or not, to a device or file, and reads it back.</summary>
    /// <example><code>NixDiskWrite("./artifacts/nixos.img", "/dev/sdb", new DiskWriteOptions());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    [CakeNamespaceImport("NixSharp.Disks.Writing")]
    public static DiskWriteResult NixDiskWrite(this ICakeContext context, string image, string target, DiskWriteOptions options) =>
        StoreRunner.Run(() => DiskWriter.WriteAsync(StoreRunner.FullPath(context, image)!, StoreRunner.FullPath(context, target)!, options));

    /// <summary>Puts the disk of an image into another container, by running <c>qemu-img</c>.</summary>
    /// <example><code>NixDiskConvert("./result/nixos.img", "./artifacts/nixos.qcow2", DiskContainerKind.Qcow2);</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    [CakeNamespaceImport("NixSharp.Disks.Containers")]
    public static void NixDiskConvert(this ICakeContext context, string image, string destination, DiskContainerKind container) => StoreRunner.Run(async () =>
    {
        await new DiskConverter().ConvertAsync(StoreRunner.FullPath(context, image)!, StoreRunner.FullPath(context, destination)!, container).ConfigureAwait(false);
        return true;
    });

    /// <summary>Gives a raw image another size in bytes, with the backup of its partition table moved; a device is only mended.</summary>
    /// <example><code>NixDiskResize("./artifacts/nixos.img", 16L &lt;&lt; 30, new DiskResizeOptions { GrowLastPartition = true });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    [CakeNamespaceImport("NixSharp.Disks.Writing")]
    public static void NixDiskResize(this ICakeContext context, string image, long? size, DiskResizeOptions options) => StoreRunner.Run(() =>
    {
        DiskResizer.Resize(StoreRunner.FullPath(context, image)!, size, options);
        return Task.FromResult(true);
    });

    /// <summary>Mounts a partition of an image, named by number or label, to be read; null takes the only one with files.</summary>
    /// <example><code>NixDiskMount("./artifacts/nixos.img", "/mnt", "nixos");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    public static void NixDiskMount(this ICakeContext context, string image, string folder, string? partition) => StoreRunner.Run(async () =>
    {
        await DiskMount.MountAsync(StoreRunner.FullPath(context, image)!, StoreRunner.FullPath(context, folder)!, partition).ConfigureAwait(false);
        return true;
    });

    /// <summary>Unmounts what <see cref="NixDiskMount"/> mounted.</summary>
    /// <example><code>NixDiskUnmount("/mnt");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Disks")]
    public static void NixDiskUnmount(this ICakeContext context, string folder) => StoreRunner.Run(async () =>
    {
        await DiskMount.UnmountAsync(StoreRunner.FullPath(context, folder)!).ConfigureAwait(false);
        return true;
    });
}
