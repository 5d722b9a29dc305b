using System.Buffers;
using System.Text;

namespace NixSharp.Images.Tar;

/// <summary>
/// Python's tarfile in its pax format, as nixpkgs' script for streamed images uses it: absolute names, a pax header for
/// every name that is too long or not ASCII, and whole records of twenty blocks.
/// </summary>
internal sealed class PythonDialect : TarDialect
{
    public override bool HasLeadingSlash => true;

    public override int RecordSize => 20 * TarHeader.BlockSize;

    public override void WriteHeader(IBufferWriter<byte> output, ReadOnlySpan<byte> name, TarEntryType type, TarAttributes attributes, long size, ReadOnlySpan<byte> link)
    {
        var isNameLong = NeedsRecord(name);
        var isLinkLong = NeedsRecord(link);
        var isSizeLarge = size > TarHeader.MaxSize;
        Span<byte> header = stackalloc byte[TarHeader.BlockSize];
        if (isNameLong || isLinkLong || isSizeLarge)
        {
            var records = new PaxRecords();
            records.AddCharsetIfNeeded(isNameLong ? name : [], isLinkLong ? link : []);
            records.AddIf(isNameLong, "path"u8, name);
            records.AddIf(isLinkLong, "linkpath"u8, link);
            records.AddSizeIf(isSizeLarge, size);
            TarHeader.Write(header, [], PaxRecords.HeaderName, TarEntryType.Pax, new TarAttributes(0, Time: 0), records.Length, [], hasDevices: false);
            output.Write(header);
            output.Write(records.Span);
            WritePadding(output, records.Length);
        }

        Span<byte> shortName = stackalloc byte[TarHeader.MaxNameLength];
        Span<byte> shortLink = stackalloc byte[TarHeader.MaxNameLength];
        TarHeader.Write(header, [], ToAscii(name, shortName), type, attributes, isSizeLarge ? 0 : size, ToAscii(link, shortLink), hasDevices: false);
        output.Write(header);
    }

    private static bool NeedsRecord(ReadOnlySpan<byte> text) => text.Length > TarHeader.MaxNameLength || !Ascii.IsValid(text);

    /// <summary>One question mark for each character that is not ASCII, and for each byte that belongs to none.</summary>
    private static ReadOnlySpan<byte> ToAscii(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        var length = 0;
        for (var at = 0; at < text.Length && length < buffer.Length; length++)
        {
            var isCharacter = Rune.DecodeFromUtf8(text[at..], out var rune, out var consumed) == OperationStatus.Done;
            buffer[length] = isCharacter && rune.IsAscii ? text[at] : (byte)'?';
            at += isCharacter ? consumed : 1;
        }

        return buffer[..length];
    }
}
