using NixSharp.Disks.Blocks;
using NixSharp.Disks.Containers;
using NixSharp.Disks.FileSystems;
using NixSharp.Disks.FileSystems.Ext;
using NixSharp.Disks.FileSystems.Fat;
using NixSharp.Disks.Partitions;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Disks;

/// <summary>Images that are nearly right: read or refused in an orderly way, within limits of time and memory.</summary>
public sealed class DiskFuzzTests
{
    private const int MaxDepth = 3;
    private const long MaxFile = 256 * 1024;

    [Theory]
    [InlineData("ext4")]
    [InlineData("ext2")]
    public void File_systems_of_Linux(string vector) => RunAtStructures(vector, static bytes => Walk(ExtFileSystem.Open(new MemoryBlocks(bytes))), 0, 1024, 2048, 3072, 4096, 5120, 6144, 7168, 8192, 9216, 10240);

    [Theory]
    [InlineData("fat12")]
    [InlineData("fat16")]
    public void File_systems_of_DOS(string vector) => RunAtStructures(vector, static bytes => Walk(FatFileSystem.Open(new MemoryBlocks(bytes))), 0, 512, 1024, 2048, 9728, 18432, 34816);

    [Fact]
    public void Partition_tables() => Fuzz.Run<NixException>([DiskVectors.Read("gpt"), DiskVectors.Read("mbr")[..8192]], static bytes =>
    {
        using var disk = new MemoryBlocks(bytes);
        _ = GptReader.Read(disk) ?? MbrReader.Read(disk);
        _ = FileSystemDetector.Detect(disk);
    }, count: 1500);

    [Fact]
    public void Containers() => Fuzz.Run<NixException>([DiskVectors.Read("qcow2"), DiskVectors.Read("vmdk"), DiskVectors.Read("vhd")], static bytes =>
    {
        using var file = new MemoryBlocks(bytes);
        if (ContainerDetector.Detect(file) is { Kind: DiskContainerKind.Qcow2, IsReadable: true })
        {
            using var disk = new Qcow2Blocks(file, Qcow2Header.Read(file)!);
            var buffer = new byte[4096];
            for (var offset = 0L; offset < 64 * 1024; offset += buffer.Length)
            {
                _ = disk.TryRead(offset, buffer);
            }
        }
    }, count: 1500, perByte: 4000, flat: 64 << 20);

    [Fact]
    public void The_tables_of_VHDX()
    {
        var image = DiskVectors.Read("vhdx");
        Fuzz.Run<NixException>([image.AsSpan(192 * 1024, 128).ToArray()], piece =>
        {
            var damaged = (byte[])image.Clone();
            piece.AsSpan(0, Math.Min(piece.Length, 1024)).CopyTo(damaged.AsSpan(192 * 1024));
            _ = ContainerDetector.Detect(new MemoryBlocks(damaged));
        }, count: 300, flat: 16 << 20);
    }

    /// <summary>Changes images where their structures are: most of an image is the contents of files.</summary>
    private static void RunAtStructures(string vector, Action<byte[]> read, params int[] structures)
    {
        var image = DiskVectors.Read(vector);
        read(image);
        foreach (var at in structures)
        {
            Fuzz.Run<NixException>(
                [image.AsSpan(at, Math.Min(1024, image.Length - at)).ToArray()],
                piece =>
                {
                    var damaged = (byte[])image.Clone();
                    piece.AsSpan(0, Math.Min(piece.Length, damaged.Length - at)).CopyTo(damaged.AsSpan(at));
                    read(damaged);
                },
                count: 150,
                flat: 32 << 20);
        }
    }

    private static void Walk(DiskFileSystem system)
    {
        Walk(system, system.Find("/"), 0);
        foreach (var path in (string[])["/link", "/long-link", "/folder/../large", "/FOLDER/a name that is long.text"])
        {
            try
            {
                system.Find(path);
            }
            catch (DiskException)
            {
                // Not every image has it.
                continue;
            }
        }
    }

    private static void Walk(DiskFileSystem system, DiskEntry folder, int depth)
    {
        foreach (var entry in system.ReadFolder(folder).Take(50))
        {
            if (entry.Kind == DiskEntryKind.Directory && depth < MaxDepth)
            {
                Walk(system, entry, depth + 1);
            }
            else if (entry.Kind == DiskEntryKind.File)
            {
                system.ReadFile(entry, Stream.Null, MaxFile, CancellationToken.None);
            }
        }
    }
}
