using System.Buffers;
using System.Text;

namespace NixSharp.Images.Tar;

/// <summary>
/// Go's archive/tar, as nix2container uses it: no slash at the end of folders, names cut into prefix and name where that
/// does, else a pax header with a name of its own.
/// </summary>
internal sealed class GoDialect : TarDialect
{
    public override bool HasTrailingSlash => false;

    public override void WriteHeader(IBufferWriter<byte> output, ReadOnlySpan<byte> name, TarEntryType type, TarAttributes attributes, long size, ReadOnlySpan<byte> link)
    {
        var cut = name.Length > TarHeader.MaxNameLength && Ascii.IsValid(name) ? TarHeader.FindPrefix(name) : 0;
        var isNameOdd = name.Length > TarHeader.MaxNameLength || !Ascii.IsValid(name);
        var isLinkOdd = link.Length > TarHeader.MaxNameLength || !Ascii.IsValid(link);
        var isSizeLarge = size > TarHeader.MaxSize;
        Span<byte> header = stackalloc byte[TarHeader.BlockSize];
        var buffer = new byte[name.Length + link.Length + 16];
        if ((isNameOdd && cut == 0) || isLinkOdd || isSizeLarge)
        {
            // Once there is a pax header, it has the name even where the other header could hold it.
            var records = new PaxRecords();
            records.AddIf(isLinkOdd, "linkpath"u8, link);
            records.AddIf(isNameOdd, "path"u8, name);
            records.AddSizeIf(isSizeLarge, size);
            var headerName = Cut(ToAscii(HeaderNameOf(name), buffer)).TrimEnd((byte)'/');
            TarHeader.Write(header, [], headerName, TarEntryType.Pax, new TarAttributes(0, Time: 0), records.Length, [], hasDevices: false);
            output.Write(header);
            output.Write(records.Span);
            WritePadding(output, records.Length);
            cut = 0;
        }

        var prefix = name[..cut];
        name = cut == 0 ? name : name[(cut + 1)..];
        var asciiName = Cut(ToAscii(name, buffer));
        var asciiLink = Cut(ToAscii(link, buffer.AsSpan(name.Length)));
        TarHeader.Write(header, prefix, asciiName, type, attributes, isSizeLarge ? 0 : size, asciiLink);
        output.Write(header);
    }

    private static byte[] HeaderNameOf(ReadOnlySpan<byte> name)
    {
        var slash = name.LastIndexOf((byte)'/') + 1;
        return [.. name[..slash], .. "PaxHeaders.0/"u8, .. name[slash..]];
    }

    /// <summary>What is not ASCII is left out.</summary>
    private static ReadOnlySpan<byte> ToAscii(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        var length = 0;
        foreach (var character in text)
        {
            if (character is > 0 and < 0x80)
            {
                buffer[length++] = character;
            }
        }

        return buffer[..length];
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text) => text[..Math.Min(text.Length, TarHeader.MaxNameLength)];
}
