using System.Globalization;
using System.Text;
using NixSharp.Hashing;

namespace NixSharp.NarInfos;

public sealed partial record NarInfo
{
    /// <summary>Writes the narinfo as Nix does.</summary>
    /// <exception cref="NixFormatException">A value has a line break in it, or the URL is empty.</exception>
    public string Write()
    {
        var text = new StringBuilder(512);
        Line("StorePath", PathInfo.Path.ToString());
        Line("URL", Url.Length > 0 ? Url : throw Unwritable("its URL is empty"));
        Line("Compression", Compression.Length > 0 ? Compression : throw Unwritable("its compression is empty"));
        if (FileHash is { } hash)
        {
            Line("FileHash", hash.ToString(HashFormat.Nix32));
        }

        if (FileSize is { } size)
        {
            Line("FileSize", size.ToString(CultureInfo.InvariantCulture));
        }

        Line("NarHash", PathInfo.NarHash.ToString(HashFormat.Nix32));
        Line("NarSize", PathInfo.NarSize.ToString(CultureInfo.InvariantCulture));
        Line("References", string.Join(' ', PathInfo.References.Distinct().Order().Select(static path => path.BaseName)));
        if (PathInfo.Deriver is { } deriver)
        {
            Line("Deriver", deriver.BaseName);
        }

        if (System is not null)
        {
            Line("System", System);
        }

        foreach (var signature in PathInfo.Signatures)
        {
            Line("Sig", signature);
        }

        if (PathInfo.ContentAddress is { } address)
        {
            Line("CA", address.ToString());
        }

        return text.ToString();

        void Line(string name, string value) =>
            text.Append(name).Append(": ").Append(value.AsSpan().ContainsAny('\n', '\r', '\0') ? throw Unwritable($"its {name} has a line break in it") : value).Append('\n');
    }

    /// <summary>The text of the narinfo.</summary>
    public override string ToString() => Write();

    private NixFormatException Unwritable(string why) => new(
        NixErrorCodes.InvalidNarInfo,
        $"The narinfo of {PathInfo.Path} cannot be written: {why}. Correct where that comes from.");
}
