using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.FileSystems.Fat;

/// <summary>Reads FAT12, FAT16 and FAT32 with long names. Names are compared without regard to case.</summary>
internal sealed class FatFileSystem : DiskFileSystem
{
    private const int EntrySize = 32;
    private const byte Deleted = 0xe5;
    private const byte LongName = 0x0f;
    private const byte VolumeLabel = 0x08;
    private const byte Directory = 0x10;
    private const uint BadCluster = 0x0ffffff7;
    private const int MaxFolderSize = 65536 * EntrySize;

    private readonly FatBootSector _boot;

    private FatFileSystem(BlockSource source, FatBootSector boot)
        : base(source)
    {
        _boot = boot;
    }

    private protected override DiskEntry Root => new() { Name = "", Kind = DiskEntryKind.Directory, Location = _boot.RootCluster };

    /// <exception cref="DiskException">There is no boot sector that makes sense.</exception>
    public static FatFileSystem Open(BlockSource source) =>
        new(source, FatBootSector.Read(source) ?? throw Damaged("FAT", "it has no boot sector that makes sense"));

    /// <summary>The label that is an entry of the top folder; null where there is none, or the folder is damaged.</summary>
    public static string? ReadLabel(BlockSource source, FatBootSector boot)
    {
        try
        {
            var system = new FatFileSystem(source, boot);
            foreach (var entry in system.ReadEntries(system.Root))
            {
                if ((entry.Span[11] & 0x3f) != LongName && (entry.Span[11] & (VolumeLabel | Directory)) == VolumeLabel)
                {
                    return FatBootSector.LabelOf(entry.Span[..11]);
                }
            }
        }
        catch (DiskException)
        {
            // To recognise a file system, it need not be whole.
            return null;
        }

        return null;
    }

    internal override IReadOnlyList<DiskEntry> ReadFolder(DiskEntry folder)
    {
        var names = new FatNames();
        var entries = new List<DiskEntry>();
        foreach (var entry in ReadEntries(folder))
        {
            var bytes = entry.Span;
            var attributes = bytes[11];
            if ((attributes & 0x3f) == LongName)
            {
                names.Add(bytes);
                continue;
            }

            var name = names.Take(bytes);
            if ((attributes & VolumeLabel) == 0 && name is not ("." or ".."))
            {
                entries.Add(Describe(name, bytes));
            }
        }

        return entries;
    }

    internal override void ReadFile(DiskEntry file, Stream destination, long limit, CancellationToken cancellationToken)
    {
        var left = Math.Min(file.Size, limit);
        foreach (var cluster in left > 0 ? Chain(file.Location) : [])
        {
            var count = (int)Math.Min(left, _boot.ClusterSize);
            Source.CopyTo(OffsetOf(cluster), count, destination, cancellationToken);
            left -= count;
            if (left == 0)
            {
                return;
            }
        }

        if (left > 0)
        {
            throw Damage($"'{file.Name}' ends {left} bytes too early");
        }
    }

    private protected override DiskEntry? FindChild(DiskEntry folder, string name) =>
        ReadFolder(folder).FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private DiskEntry Describe(string name, ReadOnlySpan<byte> entry)
    {
        var isFolder = (entry[11] & Directory) != 0;
        var cluster = Bytes.U16(entry, 26) | (_boot.Kind == FatKind.Fat32 ? (uint)Bytes.U16(entry, 20) << 16 : 0);
        return new DiskEntry
        {
            Name = name,
            Kind = isFolder ? DiskEntryKind.Directory : DiskEntryKind.File,
            Size = isFolder ? 0 : Bytes.U32(entry, 28),
            Modified = Time(Bytes.U16(entry, 24), Bytes.U16(entry, 22)),
            Location = cluster,
        };
    }

    private static DateTimeOffset? Time(int date, int time)
    {
        var (year, month, day) = (1980 + (date >> 9), (date >> 5) & 15, date & 31);
        var (hour, minute, second) = (time >> 11, (time >> 5) & 63, (time & 31) * 2);
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) && hour < 24 && minute < 60 && second < 60
            ? new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero)
            : null;
    }

    private IEnumerable<ReadOnlyMemory<byte>> ReadEntries(DiskEntry folder)
    {
        foreach (var block in FolderBlocks(folder))
        {
            for (var offset = 0; offset <= block.Length - EntrySize; offset += EntrySize)
            {
                if (block[offset] == 0)
                {
                    yield break;
                }

                if (block[offset] != Deleted)
                {
                    yield return block.AsMemory(offset, EntrySize);
                }
            }
        }
    }

    private IEnumerable<byte[]> FolderBlocks(DiskEntry folder)
    {
        // The top folder of FAT12 and FAT16 has a place of its own.
        if (folder.Location == 0)
        {
            yield return Read(_boot.RootOffset, _boot.RootSize);
            yield break;
        }

        foreach (var cluster in Chain(folder.Location).Take(Math.Max(1, MaxFolderSize / _boot.ClusterSize)))
        {
            yield return Read(OffsetOf(cluster), _boot.ClusterSize);
        }
    }

    private byte[] Read(long offset, int length)
    {
        if (offset > Source.Length - length)
        {
            throw Damage("a folder is outside of it");
        }

        var bytes = new byte[length];
        Source.ReadInside(offset, bytes);
        return bytes;
    }

    private IEnumerable<uint> Chain(uint first)
    {
        var cluster = first;
        for (uint count = 0; count <= _boot.ClusterCount; count++)
        {
            if (cluster < 2 || cluster - 2 >= _boot.ClusterCount)
            {
                throw Damage($"a chain leads to cluster {cluster}, which is outside of it");
            }

            yield return cluster;
            cluster = Next(cluster);
            if (cluster > BadCluster)
            {
                yield break;
            }

            if (cluster == BadCluster)
            {
                throw Damage("a chain leads to a cluster that is marked as bad");
            }
        }

        throw Damage("a chain of clusters leads in a circle");
    }

    /// <summary>The cluster that follows; above <see cref="BadCluster"/> at the end.</summary>
    private uint Next(uint cluster)
    {
        Span<byte> bytes = stackalloc byte[4];
        var offset = _boot.Kind == FatKind.Fat12 ? cluster + (cluster / 2) : (long)cluster * ((int)_boot.Kind / 8);
        bytes = bytes[..(_boot.Kind == FatKind.Fat32 ? 4 : 2)];
        if (offset > _boot.TableSize - bytes.Length || !Source.TryRead(_boot.TableOffset + offset, bytes))
        {
            throw Damage("its table is too short");
        }

        switch (_boot.Kind)
        {
            case FatKind.Fat12:
                var pair = Bytes.U16(bytes, 0);
                return Widen((uint)(cluster % 2 == 0 ? pair & 0xfff : pair >> 4), 0xff7);
            case FatKind.Fat16:
                return Widen(Bytes.U16(bytes, 0), 0xfff7);
            default:
                return Bytes.U32(bytes, 0) & 0x0fffffff;
        }
    }

    private static uint Widen(uint value, uint bad) => value >= bad ? BadCluster + (value - bad) : value;

    private long OffsetOf(uint cluster)
    {
        var offset = _boot.DataOffset + ((cluster - 2L) * _boot.ClusterSize);
        return offset <= Source.Length - _boot.ClusterSize ? offset : throw Damage($"cluster {cluster} is outside of it");
    }

    private DiskException Damage(string why) => Damaged($"FAT{(int)_boot.Kind}", why);
}
