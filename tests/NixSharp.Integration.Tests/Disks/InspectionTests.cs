using System.Globalization;
using NixSharp.Disks;
using NixSharp.Disks.Containers;
using NixSharp.Disks.Partitions;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Disks;

public sealed class InspectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy", "blkid")]
    public async Task A_raw_efi_image_is_described_as_blkid_and_sgdisk_do()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder);
        using var image = await DiskImage.OpenAsync(path);
        var inspection = image.Inspect();
        Assert.Empty(inspection.Problems);
        Assert.Null(inspection.FileSystem);
        var table = inspection.Table!;
        Assert.Equal((PartitionTableKind.Gpt, RealImages.DiskId, 2), (table.Kind, table.DiskId, table.Partitions.Count));
        var (esp, root) = (table.Partitions[0], table.Partitions[1]);
        Assert.Equal(("EFI system", "ESP", 1L << 20, 16L << 20), (esp.TypeName, esp.Label, esp.Offset, esp.Length));
        Assert.Equal(("vfat", "FAT16", "ESP", "CAFE-1234"), (esp.FileSystem!.Type, esp.FileSystem.Version, esp.FileSystem.Label, esp.FileSystem.Id));
        Assert.Equal(("ext4", "nixos", RealImages.RootId, 60L << 20), (root.FileSystem!.Type, root.FileSystem.Label, root.FileSystem.Id, root.FileSystem.Size!.Value));
        foreach (var partition in table.Partitions)
        {
            Assert.Contains($"unique GUID: {partition.Id!.ToUpperInvariant()}", await CommandLine.RunAsync("sgdisk", "-i", partition.Number.ToString(CultureInfo.InvariantCulture), path), StringComparison.Ordinal);
        }
    }

    [RequiresFact("sfdisk", "mkfs.vfat", "mkfs.ext4", "zstd", "xz")]
    public async Task An_sd_image_is_the_same_compressed_or_not()
    {
        var path = await RealImages.WriteSdImageAsync(_folder);
        await RealImages.RunAsync($"cd '{_folder.Path}'; zstd -q '{path}'; gzip -k '{path}'; xz -k -0 '{path}'");
        foreach (var (extension, compression) in ((string, string?)[])[("", null), (".zst", "zstd"), (".gz", "gzip"), (".xz", "xz")])
        {
            using var image = await DiskImage.OpenAsync(path + extension);
            var inspection = image.Inspect();
            Assert.Equal(compression, inspection.Compression);
            Assert.Empty(inspection.Problems);
            Assert.Equal((PartitionTableKind.Mbr, "2178694e"), (inspection.Table!.Kind, inspection.Table.DiskId));
            Assert.Equal([("FAT32", false, "2178694e-01"), ("Linux", true, "2178694e-02")], inspection.Table.Partitions.Select(static partition => (partition.TypeName!, partition.IsBootable, partition.Id!)));
            Assert.Equal(["FIRMWARE", "NIXOS_SD"], inspection.Table.Partitions.Select(static partition => partition.FileSystem!.Label!));
            Assert.Equal("FAT32", inspection.Table.Partitions[0].FileSystem!.Version);
        }

        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.GetTempPath(), "nixsharp-disk-*"), static folder => File.Exists(Path.Combine(folder, "image")) && new FileInfo(Path.Combine(folder, "image")).Length == 70 << 20);
    }

    [RequiresFact("mkswap", "mksquashfs", "xorriso", "cryptsetup", "mkfs.xfs", "mkfs.ext4", "blkid")]
    public async Task File_systems_are_recognised_as_blkid_does()
    {
        var source = Directory.CreateDirectory(_folder["source"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "file"), "contents");
        await RealImages.RunAsync(
            $"""
            cd '{_folder.Path}'
            truncate -s 8M swap fat12 luks1 luks2 ext2 ext3; truncate -s 400M xfs
            mkswap -q -L swappy -U {RealImages.RootId} swap
            mkfs.vfat -F 12 -n twelve fat12
            mksquashfs source squash -quiet >/dev/null
            xorriso -as genisoimage -quiet -V NIXOS_ISO -o iso source 2>/dev/null
            printf secret | cryptsetup -q luksFormat --type luks1 --pbkdf pbkdf2 --iter-time 10 luks1 -
            truncate -s 20M luks2; printf secret | cryptsetup -q luksFormat --type luks2 --label locked --pbkdf pbkdf2 --iter-time 10 luks2 -
            mkfs.ext2 -q -L two ext2
            mkfs.ext3 -q -L three ext3
            mkfs.xfs -q -L ex xfs
            """);
        foreach (var file in (string[])["swap", "fat12", "squash", "iso", "luks1", "luks2", "ext2", "ext3", "xfs"])
        {
            var blkid = (await CommandLine.RunAsync("blkid", "-p", "-o", "export", _folder[file])).Split('\n').Select(static line => line.Split('=', 2)).Where(static pair => pair.Length == 2).ToDictionary(static pair => pair[0], static pair => pair[1]);
            using var image = await DiskImage.OpenAsync(_folder[file]);
            var inspection = image.Inspect();
            Assert.Null(inspection.Table);
            Assert.Empty(inspection.Problems);
            Assert.Equal(
                (file, blkid["TYPE"], blkid.GetValueOrDefault("LABEL"), blkid.GetValueOrDefault("UUID")),
                (file, inspection.FileSystem!.Type, inspection.FileSystem.Label, inspection.FileSystem.Id));
        }
    }

    [RequiresFact("sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy", "qemu-img")]
    public async Task Containers_are_recognised_and_qcow2_is_read_through()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder);
        foreach (var (name, arguments, kind, variant, isReadable) in ((string, string, DiskContainerKind, string?, bool)[])[
            ("a.qcow2", "-O qcow2", DiskContainerKind.Qcow2, "3", true),
            ("b.qcow2", "-c -O qcow2 -o compat=0.10,cluster_size=4k", DiskContainerKind.Qcow2, "2", true),
            ("c.qcow2", "-c -O qcow2 -o compression_type=zstd", DiskContainerKind.Qcow2, "3", true),
            ("d.vmdk", "-O vmdk", DiskContainerKind.Vmdk, "monolithicSparse", false),
            ("e.vmdk", "-O vmdk -o subformat=streamOptimized", DiskContainerKind.Vmdk, "streamOptimized", false),
            ("flat.vmdk", "-O vmdk -o subformat=monolithicFlat", DiskContainerKind.Vmdk, "monolithicFlat", false),
            ("f.vhd", "-O vpc", DiskContainerKind.Vhd, "dynamic", false),
            ("g.vhd", "-O vpc -o subformat=fixed,force_size", DiskContainerKind.Vhd, "fixed", true),
            ("h.vhdx", "-O vhdx", DiskContainerKind.Vhdx, null, false),
        ])
        {
            await RealImages.RunAsync($"qemu-img convert {arguments} '{path}' '{_folder[name]}'");
            using var image = await DiskImage.OpenAsync(_folder[name]);
            var inspection = image.Inspect();
            Assert.Equal((name, kind, variant, isReadable), (name, inspection.Container.Kind, inspection.Container.Variant, inspection.Container.IsReadable));
            Assert.InRange(inspection.Container.VirtualSize!.Value, 80L << 20, 81L << 20);
            if (isReadable)
            {
                Assert.Equal(["ESP", "nixos"], inspection.Table!.Partitions.Select(static partition => partition.FileSystem!.Label!));
                using var contents = new MemoryStream();
                image.OpenFileSystem("ESP").CopyFile("/EFI/BOOT/bootx64.efi", contents);
                Assert.Equal("a boot loader"u8.ToArray(), contents.ToArray());
            }
            else
            {
                Assert.Equal(NixErrorCodes.UnsupportedDisk, Assert.Throws<DiskException>(() => image.OpenFileSystem()).Code);
            }
        }
    }

    [RequiresFact("sgdisk", "mkfs.vfat", "mkfs.ext4", "mcopy")]
    public async Task Damaged_images_are_explained()
    {
        var path = await RealImages.WriteRawEfiAsync(_folder);
        await AssertProblemAsync(path, static file => Write(file, 512, 0), "The first header cannot be used");
        await AssertProblemAsync(path, static file => Write(file, file.Length - 512 + 40, 0xff), "The backup header");
        await AssertProblemAsync(path, static file => Write(file, 1024 + 32, 0xff), "the checksum of its entries is wrong");
        await AssertProblemAsync(path, static file => file.SetLength(file.Length + (8 << 20)), "'nixsharp disk resize' moves it to the end");
        await AssertProblemAsync(path, static file => file.SetLength(40 << 20), "cut off");
        await AssertProblemAsync(path, static file =>
        {
            Write(file, 512 + 16, 0);
            file.SetLength(file.Length - 512);
        }, null);
    }

    [RequiresFact("sfdisk")]
    public async Task Logical_partitions_are_numbered_as_sfdisk_numbers_them()
    {
        var path = _folder["logical"];
        await RealImages.RunAsync($"truncate -s 64M '{path}'; printf 'label: dos\nsize=8M, type=83\ntype=5\nsize=8M, type=82\nsize=8M, type=83\nsize=8M, type=c\n' | sfdisk -q '{path}'");
        using var image = await DiskImage.OpenAsync(path);
        var table = image.Inspect().Table!;
        Assert.Equal([(1, "0x83"), (2, "0x05"), (5, "0x82"), (6, "0x83"), (7, "0x0c")], table.Partitions.Select(static partition => (partition.Number, partition.TypeId)));
        var json = Newtonsoft.Json.Linq.JObject.Parse(await CommandLine.RunAsync("sfdisk", "-J", path));
        Assert.Equal(json["partitiontable"]!["partitions"]!.Select(static item => ((long)item["start"]! * 512, (long)item["size"]! * 512)), table.Partitions.Select(static partition => (partition.Offset, partition.Length)));
        Assert.Empty(table.Problems);
    }

    private async Task AssertProblemAsync(string path, Action<FileStream> damage, string? problem)
    {
        var copy = _folder[Guid.NewGuid().ToString("N")];
        File.Copy(path, copy);
        using (var file = File.Open(copy, FileMode.Open))
        {
            damage(file);
        }

        using var image = await DiskImage.OpenAsync(copy);
        if (problem is null)
        {
            Assert.Equal(NixErrorCodes.InvalidPartitionTable, Assert.Throws<DiskException>(image.Inspect).Code);
            return;
        }

        Assert.Contains(image.Inspect().Problems, found => found.Contains(problem, StringComparison.Ordinal));
        File.Delete(copy);
    }

    private static void Write(FileStream file, long offset, byte value)
    {
        file.Position = offset;
        file.WriteByte(value);
    }
}
