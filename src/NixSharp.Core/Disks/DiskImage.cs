using System.Globalization;
using NixSharp.Compression;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.Containers;
using NixSharp.Disks.FileSystems;
using NixSharp.Disks.FileSystems.Ext;
using NixSharp.Disks.FileSystems.Fat;
using NixSharp.Disks.Partitions;
using NixSharp.Disks.Writing;

namespace NixSharp.Disks;

/// <summary>
/// A disk image or device that is read without mounting it, and without rights beyond reading it: raw, in qcow2 or in a
/// fixed VHD, compressed or not. Not for use by several threads at once.
/// </summary>
public sealed class DiskImage : IDisposable
{
    private readonly BlockSource _disk;
    private readonly TemporaryImage? _temporary;
    private readonly DiskInspection _outside;
    private DiskInspection? _inspection;

    private DiskImage(BlockSource disk, DiskInspection outside, TemporaryImage? temporary)
    {
        _disk = disk;
        _outside = outside;
        _temporary = temporary;
    }

    /// <summary>The size of the disk, in bytes.</summary>
    public long Size => _disk.Length;

    /// <summary>Opens an image. One that is compressed is decompressed into a temporary file first, which keeps its holes.</summary>
    /// <param name="path">The image or device.</param>
    /// <param name="progress">Is told of the decompression.</param>
    /// <param name="cancellationToken">Stops the decompression.</param>
    /// <exception cref="NixFileException">The file cannot be read, or there is no space for the temporary one.</exception>
    /// <exception cref="NixFormatException">The compressed bytes are damaged.</exception>
    public static async Task<DiskImage> OpenAsync(string path, IProgress<NixProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        BlockSource file = FileBlocks.Open(path);
        TemporaryImage? temporary = null;
        try
        {
            var (compression, fileSize) = (ImageCompression.Detect(file), file.Length);
            if (compression != NarCompression.None)
            {
                file.Dispose();
                temporary = await TemporaryImage.DecompressAsync(path, progress, cancellationToken).ConfigureAwait(false);
                file = FileBlocks.Open(temporary.Path);
            }

            var container = ContainerDetector.Detect(file);
            var outside = new DiskInspection { Path = path, FileSize = fileSize, Compression = compression == NarCompression.None ? null : compression.Name, Container = container };
            return new DiskImage(Unwrap(file, container), outside, temporary);
        }
        catch
        {
            file.Dispose();
            temporary?.Dispose();
            throw;
        }
    }

    /// <summary>Finds partitions and recognises what is in them.</summary>
    /// <exception cref="DiskException">A table is there, and is damaged in all its copies.</exception>
    public DiskInspection Inspect() => _inspection ??= InspectCore();

    /// <summary>Opens a file system to read files out of it: ext2, ext3, ext4 or FAT.</summary>
    /// <param name="partition">
    /// A partition by number, by its label, or by that of its file system. Null takes the disk itself where it has no table,
    /// else the only partition with files that can be read.
    /// </param>
    /// <exception cref="DiskException">There is no such partition, it holds nothing that can be read, or it is damaged.</exception>
    public DiskFileSystem OpenFileSystem(string? partition = null)
    {
        var inspection = Inspect();
        if (!inspection.Container.IsReadable)
        {
            throw Unsupported($"it is in a container ({inspection.Container.Kind}) that is not read here. Convert it with 'nixsharp disk convert' first");
        }

        var (offset, length, detected) = Choose(partition, static found => found is { HasReadableFiles: true });
        return Open(detected, new SliceBlocks(_disk, offset, length), partition is null ? "it" : $"partition {partition}");
    }

    /// <summary>Closes the image, and deletes what was decompressed.</summary>
    public void Dispose()
    {
        _disk.Dispose();
        _temporary?.Dispose();
    }

    /// <summary>Where a partition is, by number or label; without one, the disk itself where it has no table, else the only partition that fits.</summary>
    internal (long Offset, long Length, DetectedFileSystem? FileSystem) Choose(string? name, Func<DetectedFileSystem?, bool> fits)
    {
        var inspection = Inspect();
        if (inspection.Table is not { } table)
        {
            return name is null
                ? (0, _disk.Length, inspection.FileSystem)
                : throw NoPartition($"has no partition '{name}': it has no partition table. Leave the partition out");
        }

        var found = table.Partitions.Where(partition => name is null
            ? fits(partition.FileSystem)
            : partition.Number.ToString(CultureInfo.InvariantCulture) == name || partition.Label == name || partition.FileSystem?.Label == name).ToList();
        var all = string.Join(", ", table.Partitions.Select(static partition => $"{partition.Number}{((partition.FileSystem?.Label ?? partition.Label) is { Length: > 0 } label ? $" ({label})" : "")}"));
        return found switch
        {
            [var only] when only.Length > 0 && only.Offset <= _disk.Length - only.Length => (only.Offset, only.Length, only.FileSystem),
            [var only] => throw NoPartition($"has partition {only.Number} outside of the disk. The image was cut off: get it again"),
            [] when name is null => throw Unsupported("no partition holds files that can be read here"),
            [] => throw NoPartition($"has no partition '{name}'. It has {(all.Length == 0 ? "none" : all)}"),
            _ => throw NoPartition($"has more than one partition that can be meant. Name one of {all}"),
        };
    }

    private static BlockSource Unwrap(BlockSource file, DiskContainer container) => container switch
    {
        { IsReadable: false } => file,
        { Kind: DiskContainerKind.Qcow2 } => new Qcow2Blocks(file, Qcow2Header.Read(file)!),
        { Kind: DiskContainerKind.Vhd } => new SliceBlocks(file, 0, container.VirtualSize!.Value),
        _ => file,
    };

    private DiskInspection InspectCore()
    {
        if (!_outside.Container.IsReadable)
        {
            return _outside with { Problems = _outside.Container.VirtualSize is null ? [$"The header of the {_outside.Container.Kind} image is damaged. Get the image again."] : [] };
        }

        var whole = FileSystemDetector.Detect(_disk);
        var table = GptReader.Read(_disk) ?? MbrReader.Read(_disk);
        var problems = new List<string>(table?.Problems ?? []);
        if (table is not null)
        {
            table = table with { Partitions = [.. table.Partitions.Select(partition => partition with { FileSystem = Detect(partition, problems) })] };
        }

        if (whole?.Size is { } size && size > _disk.Length)
        {
            problems.Add($"The {whole.Type} file system has {size} bytes, and the disk has {_disk.Length}. The image was cut off: get it again.");
        }

        return _outside with { Table = table, FileSystem = whole, Problems = problems };
    }

    private DetectedFileSystem? Detect(Partition partition, List<string> problems)
    {
        if (partition.Length <= 0 || partition.Offset > _disk.Length - partition.Length)
        {
            return null;
        }

        var detected = FileSystemDetector.Detect(new SliceBlocks(_disk, partition.Offset, partition.Length));
        if (detected?.Size > partition.Length)
        {
            problems.Add($"The {detected.Type} file system in partition {partition.Number} has {detected.Size} bytes, and the partition has {partition.Length}. Get the image again.");
        }

        return detected;
    }

    private DiskFileSystem Open(DetectedFileSystem? detected, BlockSource source, string where) => detected?.Type switch
    {
        "ext2" or "ext3" or "ext4" => ExtFileSystem.Open(source),
        "vfat" => FatFileSystem.Open(source),
        null => throw Unsupported($"nothing is recognised in {where}"),
        var type => throw Unsupported($"{where} holds {type}, out of which no files are read here. Mount it with 'nixsharp disk mount'"),
    };

    private DiskException NoPartition(string what) => new(NixErrorCodes.InvalidPartitionTable, $"{_outside.Path} {what}.");

    private DiskException Unsupported(string why) => new(NixErrorCodes.UnsupportedDisk, $"Files cannot be read out of {_outside.Path}: {why}.");
}
