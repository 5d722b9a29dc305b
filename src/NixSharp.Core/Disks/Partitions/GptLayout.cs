using System.Buffers.Binary;

namespace NixSharp.Disks.Partitions;

/// <summary>Both copies of a GUID partition table, to the byte, as they fit a disk of some size.</summary>
internal sealed record GptLayout
{
    private const int FirstSector = 1;

    public required byte[] Entries { get; init; }

    public required byte[] FirstHeader { get; init; }

    public required byte[] BackupHeader { get; init; }

    public required long FirstHeaderOffset { get; init; }

    public required long FirstEntriesOffset { get; init; }

    public required long BackupHeaderOffset { get; init; }

    public required long BackupEntriesOffset { get; init; }

    public required long SectorCount { get; init; }

    /// <summary>Fits a table to a disk that has room for it.</summary>
    public static GptLayout Fit(GptHeader header, long size, bool growLast)
    {
        var sectors = size / header.SectorSize;
        var tableSectors = TableSectors(header);
        var (backupEntries, backupSector) = (sectors - 1 - tableSectors, sectors - 1);
        var lastUsable = backupEntries - 1;
        var entries = (byte[])header.Entries.Clone();
        if (growLast)
        {
            GrowLast(entries, header.EntrySize, lastUsable);
        }

        // A table that was read from the backup says where that is; the first copy is right behind its header.
        var firstEntries = header.Sector == FirstSector ? header.EntriesSector : FirstSector + 1;
        return new GptLayout
        {
            Entries = entries,
            FirstHeader = Header(header, entries, FirstSector, backupSector, firstEntries, lastUsable),
            BackupHeader = Header(header, entries, backupSector, FirstSector, backupEntries, lastUsable),
            FirstHeaderOffset = (long)FirstSector * header.SectorSize,
            FirstEntriesOffset = firstEntries * header.SectorSize,
            BackupHeaderOffset = backupSector * header.SectorSize,
            BackupEntriesOffset = backupEntries * header.SectorSize,
            SectorCount = sectors,
        };
    }

    /// <summary>How many bytes a disk needs at least for the partitions and both copies.</summary>
    public static long EndOf(GptHeader header)
    {
        var last = Partitions(header.Entries, header.EntrySize).Select(static entry => entry.Last).DefaultIfEmpty(header.FirstUsable).Max();
        return last < 0 || last > (long.MaxValue / header.SectorSize) - header.Entries.Length - 2 ? long.MaxValue : (last + 1 + TableSectors(header) + 1) * header.SectorSize;
    }

    private static int TableSectors(GptHeader header) => (header.Entries.Length + header.SectorSize - 1) / header.SectorSize;

    private static void GrowLast(byte[] entries, int entrySize, long lastUsable)
    {
        if (Partitions(entries, entrySize).OrderBy(static entry => entry.Last).Select(static entry => (int?)entry.Index).LastOrDefault() is { } index)
        {
            BinaryPrimitives.WriteInt64LittleEndian(entries.AsSpan((index * entrySize) + 40), lastUsable);
        }
    }

    private static List<(int Index, long Last)> Partitions(byte[] entries, int entrySize)
    {
        var found = new List<(int, long)>();
        for (var i = 0; i < entries.Length / entrySize; i++)
        {
            var entry = entries.AsSpan(i * entrySize, entrySize);
            if (entry[..16].ContainsAnyExcept((byte)0))
            {
                found.Add((i, BinaryPrimitives.ReadInt64LittleEndian(entry[40..])));
            }
        }

        return found;
    }

    private static byte[] Header(GptHeader old, byte[] entries, long sector, long otherSector, long entriesSector, long lastUsable)
    {
        var header = (byte[])old.Header.Clone();
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), sector);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), otherSector);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(48), lastUsable);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(72), entriesSector);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(88), GptHeader.Checksum(entries));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), GptHeader.Checksum(header));
        var bytes = new byte[old.SectorSize];
        header.CopyTo(bytes, 0);
        return bytes;
    }
}
