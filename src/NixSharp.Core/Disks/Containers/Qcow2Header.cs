using System.Text;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.FileSystems;

namespace NixSharp.Disks.Containers;

/// <summary>The header of a qcow2 image.</summary>
internal sealed record Qcow2Header
{
    private const int Size = 104;
    private const int MaxBackingName = 1023;
    private const ulong HasExternalData = 4;
    private const ulong HasCompressionType = 8;
    private const ulong HasExtendedTables = 16;

    public static ReadOnlySpan<byte> Magic => [(byte)'Q', (byte)'F', (byte)'I', 0xfb];

    public required uint Version { get; init; }

    public required int ClusterBits { get; init; }

    public required long VirtualSize { get; init; }

    public required long TableOffset { get; init; }

    public required uint TableEntries { get; init; }

    public required bool IsZstd { get; init; }

    public required bool IsReadable { get; init; }

    public string? ExternalFile { get; private init; }

    public static DiskContainer Detect(BlockSource file) => Read(file) is { } header
        ? new DiskContainer
        {
            Kind = DiskContainerKind.Qcow2,
            VirtualSize = header.VirtualSize,
            Variant = $"{header.Version}",
            ExternalFile = header.ExternalFile,
            IsReadable = header.IsReadable,
        }
        : new DiskContainer { Kind = DiskContainerKind.Qcow2 };

    /// <summary>Reads it; null where it makes no sense.</summary>
    public static Qcow2Header? Read(BlockSource file)
    {
        Span<byte> bytes = stackalloc byte[Size + 8];
        bytes.Clear();
        if (!file.TryRead(0, bytes[..(int)Math.Min(file.Length, Size + 8)]) || !bytes[..4].SequenceEqual(Magic))
        {
            return null;
        }

        var (version, clusterBits, size, table) = (Bytes.BigU32(bytes, 4), Bytes.BigU32(bytes, 20), Bytes.BigU64(bytes, 24), Bytes.BigU64(bytes, 40));
        if (version is not (2 or 3) || clusterBits is < 9 or > 21 || size > long.MaxValue || table > (ulong)file.Length)
        {
            return null;
        }

        var features = version == 3 ? Bytes.BigU64(bytes, 72) : 0;
        var backing = ReadBackingFile(file, Bytes.BigU64(bytes, 8), Bytes.BigU32(bytes, 16));
        var isZstd = (features & HasCompressionType) != 0 && bytes[Size] == 1;
        var isEncrypted = Bytes.BigU32(bytes, 32) != 0;
        return new Qcow2Header
        {
            Version = version,
            ClusterBits = (int)clusterBits,
            VirtualSize = (long)size,
            TableOffset = (long)table,
            TableEntries = Bytes.BigU32(bytes, 36),
            IsZstd = isZstd,
            IsReadable = !isEncrypted && backing is null && (features & (HasExternalData | HasExtendedTables)) == 0,
            ExternalFile = backing ?? ((features & HasExternalData) != 0 ? "a file of data" : null),
        };
    }

    private static string? ReadBackingFile(BlockSource file, ulong offset, uint length)
    {
        if (offset == 0)
        {
            return null;
        }

        var name = new byte[length <= MaxBackingName ? length : 0];
        return offset <= long.MaxValue && file.TryRead((long)offset, name) ? Encoding.UTF8.GetString(name) : "";
    }
}
