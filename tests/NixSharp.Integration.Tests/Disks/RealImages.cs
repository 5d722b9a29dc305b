using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Disks;

/// <summary>Disk images as NixOS has them, made with the programs that make those. The same in every test; nobody writes to them.</summary>
internal static class RealImages
{
    public const string RootId = "11111111-2222-3333-4444-555555555555";
    public const string DiskId = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

    public static readonly string[] Programs = ["sgdisk", "sfdisk", "mkfs.vfat", "mkfs.ext4", "mcopy", "qemu-img"];

    /// <summary>Fills a folder with what a root file system may have.</summary>
    public static string WriteTree(TemporaryFolder folder)
    {
        var tree = Directory.CreateDirectory(folder["tree"]).FullName;
        folder.Write("tree/etc/hostname", "nixos\n");
        folder.Write("tree/etc/umlaut-ä", "ä\n");
        folder.Write("tree/empty", "");
        Directory.CreateDirectory(Path.Combine(tree, "nix/store"));
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "etc/hostname");
        File.CreateSymbolicLink(Path.Combine(tree, "absolute"), "/etc");
        File.CreateSymbolicLink(Path.Combine(tree, "long-link"), "etc/" + string.Concat(Enumerable.Repeat("../etc/", 20)) + "hostname");
        File.CreateSymbolicLink(Path.Combine(tree, "circle"), "circle");
        var many = Directory.CreateDirectory(Path.Combine(tree, "many")).FullName;
        for (var i = 0; i < 700; i++)
        {
            File.WriteAllText(Path.Combine(many, $"a-rather-long-file-name-{i:d4}"), $"{i}");
        }

        // Fragments and holes, so that the file has several extents, or indirect blocks.
        using var large = File.Create(Path.Combine(tree, "large"));
        for (var i = 0; i < 600; i++)
        {
            large.Position = i * 12_000L;
            large.Write([.. Enumerable.Range(0, 4500).Select(n => (byte)((n * i) + 1))]);
        }

        large.Position = 7_999_999;
        large.WriteByte(1);
        return tree;
    }

    /// <summary>raw-efi: a GUID partition table, an ESP with long names, a root of ext4.</summary>
    public static async Task<string> WriteRawEfiAsync(TemporaryFolder folder, string? tree = null, string name = "nixos.img")
    {
        var image = folder[name];
        await RunAsync(
            $"""
            truncate -s 80M '{image}'
            sgdisk -Z -U {DiskId} -n 1:2048:+16M -t 1:ef00 -c 1:ESP -n 2:0:0 -t 2:8300 -c 2:primary '{image}'
            truncate -s 16M '{image}.esp'
            mkfs.vfat -F 16 -n ESP -i cafe1234 '{image}.esp'
            mmd -i '{image}.esp' ::/EFI ::/EFI/BOOT
            printf 'a boot loader' > '{image}.efi'
            mcopy -i '{image}.esp' '{image}.efi' ::/EFI/BOOT/BOOTX64.EFI
            mcopy -i '{image}.esp' '{image}.efi' '::/a file with a long name.conf'
            mkfs.ext4 -q -L nixos -U {RootId} {(tree is null ? "" : $"-d '{tree}'")} '{image}.root' 60M
            dd if='{image}.esp' of='{image}' bs=1M seek=1 conv=notrunc,sparse status=none
            dd if='{image}.root' of='{image}' bs=1M seek=17 conv=notrunc,sparse status=none
            rm '{image}.esp' '{image}.root' '{image}.efi'
            """);
        return image;
    }

    /// <summary>sd-aarch64: a master boot record, firmware in FAT, a root of ext4.</summary>
    public static async Task<string> WriteSdImageAsync(TemporaryFolder folder, string name = "nixos-sd-image.img")
    {
        var image = folder[name];
        await RunAsync(
            $"""
            truncate -s 70M '{image}'
            printf 'label: dos\nlabel-id: 0x2178694e\nstart=8M, size=30M, type=b\nstart=38M, type=83, bootable\n' | sfdisk -q '{image}'
            truncate -s 30M '{image}.fat'
            mkfs.vfat -F 32 -s 1 -n FIRMWARE '{image}.fat'
            mkfs.ext4 -q -L NIXOS_SD '{image}.root' 32M
            dd if='{image}.fat' of='{image}' bs=1M seek=8 conv=notrunc,sparse status=none
            dd if='{image}.root' of='{image}' bs=1M seek=38 conv=notrunc,sparse status=none
            rm '{image}.fat' '{image}.root'
            """);
        return image;
    }

    public static Task<string> RunAsync(string script) => CommandLine.RunAsync("sh", "-euc", script);
}
