using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.Containers;
using NixSharp.Disks.Partitions;
using NixSharp.Files;

namespace NixSharp.Disks.Writing;

/// <summary>Resizes raw images, and moves the backup of a GUID partition table to the end, where it belongs.</summary>
public static class DiskResizer
{
    private const int MbrSectors = 512;

    /// <summary>
    /// Gives a raw image another size. A device keeps its own size, and its table is made to fit it: after an image was written
    /// to a larger device, that is what is missing.
    /// </summary>
    /// <param name="path">The image or device.</param>
    /// <param name="size">The new size in bytes, a multiple of 512; null keeps the size, and only mends the table.</param>
    /// <param name="options">How it is done.</param>
    /// <exception cref="DiskException">The disk is in use or no raw one, a partition would not fit any more, or its table is damaged in both copies.</exception>
    /// <exception cref="NixFileException">The disk cannot be read or written.</exception>
    public static void Resize(string path, long? size = null, DiskResizeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new DiskResizeOptions();
        var device = BlockDevice.Find(path);
        if (device is not null && (size is not null || (!options.Force && device.FindUses().Count > 0)))
        {
            throw size is not null
                ? new DiskException(NixErrorCodes.UnsupportedDisk, $"{path} is a device, whose size cannot be changed. Leave the size out to have its partition table fit it.")
                : new DiskException(NixErrorCodes.DiskInUse, $"{path} is not changed, because it is in use: {string.Join("; ", device.FindUses())}. Unmount it first.");
        }

        var (header, newSize) = Read(path, size);
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            if (device is null && newSize > RandomAccess.GetLength(handle))
            {
                RandomAccess.SetLength(handle, newSize);
            }

            if (header is not null)
            {
                Write(handle, GptLayout.Fit(header, newSize, options.GrowLastPartition));
            }

            if (device is null)
            {
                RandomAccess.SetLength(handle, newSize);
            }

            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(path, error);
        }
    }

    private static (GptHeader? Header, long Size) Read(string path, long? size)
    {
        using var disk = FileBlocks.Open(path);
        if (ImageCompression.Detect(disk) != Compression.NarCompression.None || ContainerDetector.Detect(disk).Kind != DiskContainerKind.Raw)
        {
            throw new DiskException(NixErrorCodes.UnsupportedDisk, $"{path} cannot be resized, because it is compressed or in a container. Decompress or convert it first; 'qemu-img resize' resizes qcow2.");
        }

        var newSize = size ?? disk.Length;
        if (newSize <= 0 || newSize % MbrSectors != 0)
        {
            throw new DiskException(NixErrorCodes.UnsupportedDisk, $"{path} cannot have {newSize} bytes: a disk has a positive number of sectors of 512 bytes. Give a multiple of 512.");
        }

        GptHeader? header = null;
        if (GptReader.FindSectorSize(disk) is { } sectorSize)
        {
            var (first, backup) = GptReader.ReadHeaders(disk, sectorSize, []);
            header = first ?? backup;
        }

        var end = header is null ? MbrReader.Read(disk)?.Partitions.Max(static partition => partition.Offset + partition.Length) ?? 0 : GptLayout.EndOf(header);
        return end <= newSize
            ? (header, newSize)
            : throw new DiskException(NixErrorCodes.DiskTooSmall, $"{path} cannot have {newSize} bytes: its partitions, and the backup of their table, need {end}. Shrink or delete partitions first.");
    }

    /// <summary>The backup goes first: whenever this breaks off, one whole table is there.</summary>
    private static void Write(SafeFileHandle handle, GptLayout layout)
    {
        RandomAccess.Write(handle, layout.Entries, layout.BackupEntriesOffset);
        RandomAccess.Write(handle, layout.BackupHeader, layout.BackupHeaderOffset);
        RandomAccess.FlushToDisk(handle);
        RandomAccess.Write(handle, layout.Entries, layout.FirstEntriesOffset);
        RandomAccess.Write(handle, layout.FirstHeader, layout.FirstHeaderOffset);

        // The protective partition of the MBR covers the disk, as far as 32 bits go.
        Span<byte> record = stackalloc byte[MbrSectors];
        if (RandomAccess.Read(handle, record, 0) == MbrSectors && record[450] == 0xee)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record[458..], (uint)Math.Min(uint.MaxValue, layout.SectorCount - 1));
            RandomAccess.Write(handle, record, 0);
        }
    }
}
