using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.FileSystems;

namespace NixSharp.Disks.Containers;

/// <summary>Recognises containers of disks.</summary>
internal static partial class ContainerDetector
{
    private const int FooterSize = 512;
    private const int SectorSize = 512;
    private const int MaxDescriptor = 64 * 1024;

    /// <summary>The container; raw where none is recognised.</summary>
    public static DiskContainer Detect(BlockSource file)
    {
        Span<byte> start = stackalloc byte[512];
        if (file.TryRead(0, start))
        {
            if (start[..4].SequenceEqual(Qcow2Header.Magic))
            {
                return Qcow2Header.Detect(file);
            }

            if (start[..4].SequenceEqual("KDMV"u8))
            {
                return DetectVmdk(file, start);
            }

            if (start[..8].SequenceEqual("vhdxfile"u8))
            {
                return new DiskContainer { Kind = DiskContainerKind.Vhdx, VirtualSize = VhdxReader.ReadVirtualSize(file) };
            }
        }

        return DetectVhd(file) ?? DetectDescriptor(file) ?? new DiskContainer { Kind = DiskContainerKind.Raw, VirtualSize = file.Length, IsReadable = true };
    }

    private static DiskContainer DetectVmdk(BlockSource file, ReadOnlySpan<byte> header)
    {
        var (offset, size) = (Bytes.Product(Bytes.U64(header, 28), SectorSize), Bytes.Product(Bytes.U64(header, 36), SectorSize));
        var descriptor = new byte[size is > 0 and <= MaxDescriptor ? size.Value : 0];
        return new DiskContainer
        {
            Kind = DiskContainerKind.Vmdk,
            VirtualSize = Bytes.Product(Bytes.U64(header, 12), SectorSize),
            Variant = offset is { } at && file.TryRead(at, descriptor) ? CreateType(descriptor) : null,
            ExternalFile = FindExternalFile(Encoding.Latin1.GetString(descriptor)),
        };
    }

    /// <summary>A descriptor that is a file of its own, beside the files that have the data.</summary>
    private static DiskContainer? DetectDescriptor(BlockSource file)
    {
        var text = new byte[Math.Min(file.Length, MaxDescriptor)];
        return file.Length <= MaxDescriptor && file.TryRead(0, text) && text.AsSpan().StartsWith("# Disk DescriptorFile"u8)
            ? new DiskContainer { Kind = DiskContainerKind.Vmdk, Variant = CreateType(text), VirtualSize = SumExtents(Encoding.Latin1.GetString(text)), ExternalFile = FindExternalFile(Encoding.Latin1.GetString(text)) }
            : null;
    }

    /// <summary>The disk is as large as its extents are together, each with its number of sectors.</summary>
    private static long SumExtents(string descriptor) => ExtentPattern().Matches(descriptor).Sum(static match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * SectorSize);

    /// <summary>A parent, or an extent that is not beside the descriptor.</summary>
    private static string? FindExternalFile(string descriptor) =>
        ExternalPattern().Match(descriptor) is { Success: true } match ? $"{match.Groups[1].Value}{match.Groups[2].Value}" : null;

    private static string? CreateType(ReadOnlySpan<byte> descriptor) =>
        CreateTypePattern().Match(Encoding.Latin1.GetString(descriptor)) is { Success: true } match ? match.Groups[1].Value : null;

    private static DiskContainer? DetectVhd(BlockSource file)
    {
        Span<byte> footer = stackalloc byte[FooterSize];
        if (!file.TryRead(file.Length - FooterSize, footer) || !footer[..8].SequenceEqual("conectix"u8))
        {
            return null;
        }

        var (kind, size) = (Bytes.BigU32(footer, 60), Bytes.BigU64(footer, 48));
        var isFixed = kind == 2 && size == (ulong)(file.Length - FooterSize);
        return new DiskContainer
        {
            Kind = DiskContainerKind.Vhd,
            VirtualSize = size <= long.MaxValue ? (long)size : null,
            Variant = kind switch
            {
                2 => "fixed",
                3 => "dynamic",
                4 => "differencing",
                _ => null,
            },
            IsReadable = isFixed,
        };
    }

    [GeneratedRegex(@"^\s*(?:RW|RDONLY|NOACCESS)\s+([0-9]{1,13})\s", RegexOptions.Multiline)]
    private static partial Regex ExtentPattern();

    [GeneratedRegex("""^\s*(?:parentFileNameHint\s*=\s*"([^"]{1,4096})"|(?:RW|RDONLY|NOACCESS)\s[^"]{0,200}"([^"]{0,4096}/[^"]{0,4096})")""", RegexOptions.Multiline)]
    private static partial Regex ExternalPattern();

    [GeneratedRegex("""^\s*createType\s*=\s*"([A-Za-z0-9]{1,40})"\s*$""", RegexOptions.Multiline)]
    private static partial Regex CreateTypePattern();
}
