using System.Buffers;

namespace NixSharp.Images.Tar;

/// <summary>ustar headers, and before them pax headers where a name, a link or a size needs one.</summary>
internal sealed class OwnDialect : TarDialect
{
    public override void WriteHeader(IBufferWriter<byte> output, ReadOnlySpan<byte> name, TarEntryType type, TarAttributes attributes, long size, ReadOnlySpan<byte> link)
    {
        ReadOnlySpan<byte> prefix = [];
        var isLinkLong = link.Length > TarHeader.MaxNameLength;
        var isSizeLarge = size > TarHeader.MaxSize;
        var isNameLong = false;
        if (name.Length > TarHeader.MaxNameLength)
        {
            // Behind a pax header some readers, .NET's own among them, ignore the prefix.
            var cut = isLinkLong || isSizeLarge ? 0 : TarHeader.FindPrefix(name);
            isNameLong = cut == 0;
            prefix = name[..cut];
            name = isNameLong ? name : name[(cut + 1)..];
        }

        Span<byte> header = stackalloc byte[TarHeader.BlockSize];
        if (isNameLong || isLinkLong || isSizeLarge)
        {
            var records = new PaxRecords();
            records.AddCharsetIfNeeded(isNameLong ? name : [], isLinkLong ? link : []);
            records.AddIf(isNameLong, "path"u8, name);
            records.AddIf(isLinkLong, "linkpath"u8, link);
            records.AddSizeIf(isSizeLarge, size);
            TarHeader.Write(header, [], PaxRecords.HeaderName, TarEntryType.Pax, new TarAttributes(TarModes.Default.File), records.Length, []);
            output.Write(header);
            output.Write(records.Span);
            WritePadding(output, records.Length);
        }

        TarHeader.Write(
            header,
            prefix,
            name[..Math.Min(name.Length, TarHeader.MaxNameLength)],
            type,
            attributes,
            isSizeLarge ? 0 : size,
            link[..Math.Min(link.Length, TarHeader.MaxNameLength)]);
        output.Write(header);
    }
}
