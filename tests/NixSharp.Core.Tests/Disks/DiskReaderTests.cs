using System.Text;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.Containers;
using NixSharp.Disks.FileSystems;
using NixSharp.Disks.FileSystems.Ext;
using NixSharp.Disks.FileSystems.Fat;
using NixSharp.Disks.Partitions;
using Xunit;

namespace NixSharp.Core.Tests.Disks;

public sealed class DiskReaderTests
{
    [Theory]
    [InlineData("ext4", "ext4", "four")]
    [InlineData("ext2", "ext2", "two")]
    [InlineData("fat12", "vfat", "LABEL")]
    [InlineData("fat16", "vfat", "LABEL")]
    [InlineData("fat32", "vfat", "LABEL")]
    public void File_systems_are_recognised_by_their_first_bytes(string vector, string type, string label)
    {
        var detected = FileSystemDetector.Detect(new MemoryBlocks(DiskVectors.Read(vector)))!;
        Assert.Equal((type, label), (detected.Type, detected.Label));
        Assert.True(detected.HasReadableFiles);
    }

    [Theory]
    [InlineData("ext4")]
    [InlineData("ext2")]
    public void Symlinks_are_followed_inside_of_the_file_system(string vector)
    {
        var system = ExtFileSystem.Open(new MemoryBlocks(DiskVectors.Read(vector)));
        foreach (var path in (string[])["folder/file", "/link", "/long-link", "/../../folder/./file"])
        {
            Assert.Equal("contents", Read(system, path));
        }

        Assert.Equal(31_500, system.Find("large").Size);
    }

    [Theory]
    [InlineData("fat12")]
    [InlineData("fat16")]
    [InlineData("fat32")]
    public void Long_names_are_found_without_regard_to_case(string vector)
    {
        var system = FatFileSystem.Open(new MemoryBlocks(DiskVectors.Read(vector)));
        Assert.Equal("contents", Read(system, "Folder/A NAME that is long.TEXT"));
        Assert.Equal("a name that is long.text", Assert.Single(system.List("folder")).Name);
    }

    [Fact]
    public void A_chain_that_leads_in_a_circle_is_refused()
    {
        var image = DiskVectors.Read("fat12");
        var boot = FatBootSector.Read(new MemoryBlocks(image))!;
        var table = image.AsSpan((int)boot.TableOffset, (int)boot.TableSize);
        for (var pair = 3; pair + 2 < table.Length; pair += 3)
        {
            // Two entries of twelve bits, both 2.
            (table[pair], table[pair + 1], table[pair + 2]) = (0x02, 0x20, 0x00);
        }

        // Deleted entries only, so that the folder goes on.
        image.AsSpan((int)boot.DataOffset, boot.ClusterSize).Fill(0xe5);
        var system = FatFileSystem.Open(new MemoryBlocks(image));
        var error = Assert.Throws<DiskException>(() => system.List("folder"));
        Assert.Equal(NixErrorCodes.InvalidFileSystem, error.Code);
    }

    [Fact]
    public void The_backup_of_a_partition_table_stands_in_for_the_first()
    {
        var image = DiskVectors.Read("gpt");
        Assert.Empty(GptReader.Read(new MemoryBlocks(image))!.Problems);
        image.AsSpan(512, 512).Clear();
        var table = GptReader.Read(new MemoryBlocks(image))!;
        Assert.Equal(["one", "two"], table.Partitions.Select(static partition => partition.Label!));
        Assert.Contains("backup was read", Assert.Single(table.Problems), StringComparison.Ordinal);
        image.AsSpan(image.Length - 512, 512)[20] ^= 1;
        Assert.Null(GptReader.Read(new MemoryBlocks(image.AsMemory(0, 1024))));
        Assert.Equal(NixErrorCodes.InvalidPartitionTable, Assert.Throws<DiskException>(() => GptReader.Read(new MemoryBlocks(image))).Code);
    }

    [Fact]
    public void Partitions_that_overlap_are_told()
    {
        var mbr = DiskVectors.Read("mbr");
        Assert.Empty(MbrReader.Read(new MemoryBlocks(mbr))!.Problems);

        // The second byte of the first partition's length.
        mbr[446 + 12 + 1] = 0x10;
        Assert.Contains("overlap", MbrReader.Read(new MemoryBlocks(mbr))!.Problems[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qcow2", DiskContainerKind.Qcow2, 128 << 10)]
    [InlineData("vhdx", DiskContainerKind.Vhdx, 8 << 20)]
    [InlineData("vmdk", DiskContainerKind.Vmdk, 1 << 20)]
    [InlineData("ext4", DiskContainerKind.Raw, 128 << 10)]
    public void Containers_say_how_large_their_disk_is(string vector, DiskContainerKind kind, long size)
    {
        var container = ContainerDetector.Detect(new MemoryBlocks(DiskVectors.Read(vector)));
        Assert.Equal((kind, size), (container.Kind, container.VirtualSize!.Value));
    }

    [Fact]
    public void A_qcow2_image_is_its_disk()
    {
        var file = new MemoryBlocks(DiskVectors.Read("qcow2"));
        using var disk = new Qcow2Blocks(file, Qcow2Header.Read(file)!);
        using var copy = new MemoryStream();
        disk.CopyTo(0, disk.Length, copy);
        Assert.Equal(DiskVectors.Read("ext4"), copy.ToArray());
    }

    private static string Read(DiskFileSystem system, string path)
    {
        using var contents = new MemoryStream();
        system.CopyFile(path, contents);
        return Encoding.UTF8.GetString(contents.ToArray());
    }
}
