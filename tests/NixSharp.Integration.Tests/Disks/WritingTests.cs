using System.Security.Cryptography;
using NixSharp.Disks;
using NixSharp.Disks.Containers;
using NixSharp.Disks.Writing;
using NixSharp.Hashing;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Disks;

public sealed class WritingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy", "zstd", "xz")]
    public async Task An_image_is_decompressed_with_its_holes_and_its_hash()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder, RealImages.WriteTree(_folder));
        await RealImages.RunAsync($"zstd -q '{path}'; gzip -1 -k '{path}'; xz -0 -k '{path}'");
        var expected = await File.ReadAllBytesAsync(path);
        foreach (var extension in (string[])[".zst", ".gz", ".xz", ""])
        {
            var target = _folder["out.img"];
            await File.WriteAllTextAsync(target, "what was there");
            var result = await ImageDecompressor.DecompressAsync(path + extension, target);
            Assert.True((await File.ReadAllBytesAsync(target)).AsSpan().SequenceEqual(expected), extension);
            Assert.Equal(new NixHash(NixHashAlgorithm.Sha256, SHA256.HashData(expected)), result.Hash);
            Assert.Equal(expected.Length, result.Size);
            Assert.InRange(result.DataSize, 1, expected.Length / 2);
            Assert.InRange(await AllocatedAsync(target), 1, (expected.Length / 2) + (1 << 20));
        }
    }

    [RequiresFact("zstd")]
    public async Task What_is_damaged_or_too_large_leaves_the_file_as_it_was()
    {
        await RealImages.RunAsync($"cd '{_folder.Path}'; head -c 3000000 /dev/urandom > image; truncate -s 20M image; zstd -q image; head -c 1500000 image.zst > cut.zst");
        var target = _folder.Write("target/out", "before");
        await Assert.ThrowsAsync<NixFormatException>(() => ImageDecompressor.DecompressAsync(_folder["cut.zst"], target));
        await Assert.ThrowsAsync<NixFormatException>(() => DiskWriter.WriteAsync(_folder["cut.zst"], target));
        var error = await Assert.ThrowsAsync<DiskException>(() => ImageDecompressor.DecompressAsync(_folder["image.zst"], target, new DecompressOptions { MaxSize = 1 << 20 }));
        Assert.Equal(NixErrorCodes.DiskWriteFailed, error.Code);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImageDecompressor.DecompressAsync(_folder["image.zst"], target, cancellationToken: stop.Token));
        Assert.Equal("before", await File.ReadAllTextAsync(target));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder["target"]));
    }

    [RequiresFact("root", "losetup", "sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy", "zstd")]
    public async Task An_image_is_written_to_a_device_over_what_was_there_and_fits_it()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder);
        await RealImages.RunAsync($"zstd -q '{path}'; head -c 100000000 /dev/zero | tr '\\0' x > '{_folder["device"]}'");
        var device = (await CommandLine.RunAsync("losetup", "-f", "--show", _folder["device"])).Trim();
        try
        {
            var result = await DiskWriter.WriteAsync($"{path}.zst", device);
            Assert.Equal((80L << 20, true), (result.Size, result.IsVerified));
            await CommandLine.RunAsync("cmp", "-n", $"{80 << 20}", path, device);

            using (var written = await DiskImage.OpenAsync(device))
            {
                Assert.Contains(written.Inspect().Problems, static problem => problem.Contains("disk resize", StringComparison.Ordinal));
            }

            DiskResizer.Resize(device, options: new DiskResizeOptions { GrowLastPartition = true });
            using (var resized = await DiskImage.OpenAsync(device))
            {
                Assert.Empty(resized.Inspect().Problems);
            }

            Assert.Contains("No problems found", await CommandLine.RunAsync("sgdisk", "-v", device), StringComparison.Ordinal);

            // A device that is too small is not touched.
            await RealImages.RunAsync($"truncate -s 90M '{path}'");
            await RealImages.RunAsync($"truncate -s 110M '{_folder["large"]}'");
            Assert.Equal(NixErrorCodes.DiskTooSmall, (await Assert.ThrowsAsync<DiskException>(() => DiskWriter.WriteAsync(_folder["large"], device))).Code);
            using var untouched = await DiskImage.OpenAsync(device);
            Assert.Empty(untouched.Inspect().Problems);
        }
        finally
        {
            await CommandLine.RunAsync("losetup", "-d", device);
        }
    }

    [RequiresFact("root", "losetup", "mount", "mkfs.ext4")]
    public async Task A_device_that_is_mounted_is_refused()
    {
        await RealImages.RunAsync($"cd '{_folder.Path}'; mkfs.ext4 -q disk 8M; mkdir 'mount point'; truncate -s 4M image");
        var device = (await CommandLine.RunAsync("losetup", "-f", "--show", _folder["disk"])).Trim();
        try
        {
            Assert.Empty(BlockDevice.Find(device)!.FindUses());
            await CommandLine.RunAsync("mount", device, _folder["mount point"]);
            try
            {
                Assert.Equal([$"{device} is mounted at {_folder["mount point"]}"], BlockDevice.Find(device)!.FindUses());
                var error = await Assert.ThrowsAsync<DiskException>(() => DiskWriter.WriteAsync(_folder["image"], device));
                Assert.Equal(NixErrorCodes.DiskInUse, error.Code);
                Assert.Contains("mount point", error.Message, StringComparison.Ordinal);
                Assert.Equal(NixErrorCodes.DiskInUse, Assert.Throws<DiskException>(() => DiskResizer.Resize(device)).Code);
            }
            finally
            {
                await CommandLine.RunAsync("umount", _folder["mount point"]);
            }

            await CommandLine.RunAsync("fsck.ext4", "-fn", device);
        }
        finally
        {
            await CommandLine.RunAsync("losetup", "-d", device);
        }
    }

    [RequiresFact("qemu-img", "zstd")]
    public async Task A_slip_in_the_name_of_a_device_or_an_image_in_a_container_is_refused()
    {
        await RealImages.RunAsync($"cd '{_folder.Path}'; truncate -s 4M image; qemu-img create -q -f qcow2 disk.qcow2 4M; zstd -q disk.qcow2; ln -s /dev/null link");
        foreach (var target in (string[])["/dev/nixsharp-no-such-disk", "/dev/null", "/dev/disk/none", _folder["link"], _folder.Path])
        {
            Assert.Equal(NixErrorCodes.DiskWriteFailed, (await Assert.ThrowsAsync<DiskException>(() => DiskWriter.WriteAsync(_folder["image"], target))).Code);
            Assert.Equal(NixErrorCodes.DiskWriteFailed, (await Assert.ThrowsAsync<DiskException>(() => ImageDecompressor.DecompressAsync(_folder["image"], target))).Code);
        }

        foreach (var image in (string[])["disk.qcow2", "disk.qcow2.zst"])
        {
            Assert.Equal(NixErrorCodes.UnsupportedDisk, (await Assert.ThrowsAsync<DiskException>(() => DiskWriter.WriteAsync(_folder[image], _folder["out"]))).Code);
        }

        Assert.False(File.Exists(_folder["out"]));
    }

    [RequiresFact("root", "losetup")]
    public async Task A_device_that_is_read_only_is_refused()
    {
        await RealImages.RunAsync($"cd '{_folder.Path}'; truncate -s 4M disk image");
        var device = (await CommandLine.RunAsync("losetup", "-r", "-f", "--show", _folder["disk"])).Trim();
        try
        {
            Assert.Equal(NixErrorCodes.DiskWriteFailed, (await Assert.ThrowsAsync<DiskException>(() => DiskWriter.WriteAsync(_folder["image"], device))).Code);
        }
        finally
        {
            await CommandLine.RunAsync("losetup", "-d", device);
        }
    }

    [RequiresFact("sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy")]
    public async Task A_resized_image_is_one_that_sgdisk_finds_no_fault_with()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder);
        DiskResizer.Resize(path, 200 << 20, new DiskResizeOptions { GrowLastPartition = true });
        Assert.Contains("No problems found", await CommandLine.RunAsync("sgdisk", "-v", path), StringComparison.Ordinal);
        using (var image = await DiskImage.OpenAsync(path))
        {
            Assert.Empty(image.Inspect().Problems);
            var root = image.Inspect().Table!.Partitions[1];
            Assert.InRange(root.Offset + root.Length, (200 << 20) - (64 << 10), 200 << 20);
        }

        // The backup alone is enough to write both again.
        await RealImages.RunAsync($"dd if=/dev/zero of='{path}' bs=512 seek=1 count=33 conv=notrunc status=none");
        DiskResizer.Resize(path, 201 << 20);
        Assert.Contains("No problems found", await CommandLine.RunAsync("sgdisk", "-v", path), StringComparison.Ordinal);

        var error = Assert.Throws<DiskException>(() => DiskResizer.Resize(path, 50 << 20));
        Assert.Equal(NixErrorCodes.DiskTooSmall, error.Code);
        Assert.Equal(201 << 20, new FileInfo(path).Length);
        Assert.Throws<DiskException>(() => DiskResizer.Resize(path, 1));
    }

    [RequiresFact("sfdisk", "mkfs.vfat", "mkfs.ext4", "qemu-img", "zstd")]
    public async Task An_image_goes_through_every_container_and_comes_back_the_same()
    {
        var path = await RealImages.WriteSdImageAsync(_folder);
        await RealImages.RunAsync($"zstd -q '{path}'");
        var (current, number) = ($"{path}.zst", 0);
        foreach (var kind in (DiskContainerKind[])[DiskContainerKind.Qcow2, DiskContainerKind.Vmdk, DiskContainerKind.Vhdx, DiskContainerKind.Raw])
        {
            var next = _folder[$"step{number++}"];
            await new DiskConverter().ConvertAsync(current, next, kind);
            using var image = await DiskImage.OpenAsync(next);
            Assert.Equal(kind, image.Inspect().Container.Kind);
            current = next;
        }

        await CommandLine.RunAsync("cmp", path, current);
        await RealImages.RunAsync(
            $"""
            cd '{_folder.Path}'
            qemu-img create -q -f qcow2 -b step0 -F qcow2 over
            qemu-img create -q -f qcow2 -o data_file=data,data_file_raw=on outside 4M
            zstd -q over
            printf '# Disk DescriptorFile\ncreateType="monolithicFlat"\nRW 8 FLAT "/etc/hostname" 0\n' > flat
            """);
        foreach (var file in (string[])["over", "over.zst", "outside", "flat"])
        {
            Assert.Equal(NixErrorCodes.UnsupportedDisk, (await Assert.ThrowsAsync<DiskException>(() => new DiskConverter().ConvertAsync(_folder[file], _folder["x"], DiskContainerKind.Raw))).Code);
        }

        Assert.False(File.Exists(_folder["x"]));
    }

    [RequiresFact("root", "mount", "sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy")]
    public async Task A_partition_is_mounted_by_label_and_what_is_there_is_what_was_read()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder, RealImages.WriteTree(_folder));
        var folder = _folder["mounted"];
        foreach (var (partition, file, contents) in ((string, string, string)[])[("2", "many/a-rather-long-file-name-0007", "7"), ("nixos", "etc/hostname", "nixos\n")])
        {
            await DiskMount.MountAsync(path, folder, partition);
            try
            {
                Assert.Equal(contents, await File.ReadAllTextAsync(Path.Combine(folder, file)));
            }
            finally
            {
                await DiskMount.UnmountAsync(folder);
            }

            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }

        Assert.DoesNotContain(path, await CommandLine.RunAsync("losetup", "-l"), StringComparison.Ordinal);
        Assert.Equal(NixErrorCodes.InvalidPartitionTable, (await Assert.ThrowsAsync<DiskException>(() => DiskMount.MountAsync(path, folder, "7"))).Code);
    }

    private static async Task<long> AllocatedAsync(string path) =>
        long.Parse(await CommandLine.RunAsync("stat", "-c", "%b", path), System.Globalization.CultureInfo.InvariantCulture) * 512;
}
