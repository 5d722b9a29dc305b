using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using NixSharp.StorePaths;

namespace NixSharp.NarInfos;

public sealed partial record NarInfo
{
    /// <summary>Reads a narinfo; fields that are not known are ignored.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="directory">The store directory that its paths are in, <c>/nix/store</c> unless given.</param>
    /// <exception cref="NixFormatException">The text is no narinfo, or about another store directory.</exception>
    public static NarInfo Parse(string text, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxSize ? new NarInfoReader(text, directory ?? StoreDirectory.Default).Read() : throw TooLarge(text.Length);
    }

    /// <summary>Reads the bytes of a narinfo, which are UTF-8.</summary>
    /// <exception cref="NixFormatException">The bytes are no narinfo, or about another store directory.</exception>
    public static NarInfo Parse(ReadOnlySpan<byte> bytes, StoreDirectory? directory = null)
    {
        if (bytes.Length > MaxSize)
        {
            throw TooLarge(bytes.Length);
        }

        return Utf8.IsValid(bytes)
            ? Parse(Encoding.UTF8.GetString(bytes), directory)
            : throw new NixFormatException(NixErrorCodes.InvalidNarInfo, "The narinfo cannot be read: it has bytes that are not UTF-8. Check what wrote it.");
    }

    /// <summary>Reads a narinfo; false where <see cref="Parse(string, StoreDirectory?)"/> would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, StoreDirectory? directory, [NotNullWhen(true)] out NarInfo? info)
    {
        info = null;
        if (text is null)
        {
            return false;
        }

        try
        {
            info = Parse(text, directory);
            return true;
        }
        catch (NixFormatException)
        {
            return false;
        }
    }

    private static NixFormatException TooLarge(int size) => new(
        NixErrorCodes.InvalidNarInfo,
        $"The narinfo cannot be read: it has {size} bytes, and {MaxSize} are allowed. Check what wrote it.");
}
