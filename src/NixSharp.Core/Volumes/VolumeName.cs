using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using NixSharp.Files;

namespace NixSharp.Volumes;

/// <summary>
/// The name of a volume in a <see cref="VolumePool"/>: 1 to 128 letters, digits, dots, dashes and underscores of ASCII,
/// the first a letter or a digit. So it is one name in one folder, whatever it was made from.
/// </summary>
public readonly record struct VolumeName
{
    /// <summary>The most characters that a name has.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    private readonly string? _value;

    private VolumeName(string value)
    {
        _value = value;
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="VolumeException">It is none: empty, too long, or with characters that are not allowed.</exception>
    public static VolumeName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WhyNot(text) is { } why
            ? throw new VolumeException(
                NixErrorCodes.InvalidVolumeName,
                $"'{Shorten(text)}' is not the name of a volume: {why}. Use letters, digits, dots, dashes and underscores, as in web-1.",
                text)
            : new VolumeName(text);
    }

    /// <summary>Reads a name; false where it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out VolumeName name)
    {
        name = text is not null && WhyNot(text) is null ? new VolumeName(text) : default;
        return name._value is not null;
    }

    /// <summary>The name.</summary>
    public override string ToString() => _value ?? "";

    private static string? WhyNot(string text) =>
        text.Length == 0 ? "it is empty"
        : text.Length > MaxLength ? $"it has {text.Length} characters, and {MaxLength} are allowed"
        : text.AsSpan().IndexOfAnyExcept(Allowed) is >= 0 and var position ? $"character {position + 1} is not allowed"
        : !char.IsAsciiLetterOrDigit(text[0]) ? "it has to begin with a letter or a digit"
        : null;

    private static string Shorten(string text) =>
        FileNames.Display(Encoding.UTF8.GetBytes(text.Length > MaxLength ? text[..MaxLength] + "..." : text));
}
