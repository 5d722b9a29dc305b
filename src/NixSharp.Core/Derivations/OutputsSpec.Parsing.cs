using System.Buffers;

namespace NixSharp.Derivations;

public sealed partial record OutputsSpec
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=");

    /// <summary>Reads <c>*</c>, or names with commas between them.</summary>
    /// <exception cref="NixFormatException">The text is neither.</exception>
    public static OutputsSpec Parse(string text) => TryParse(text, out var outputs)
        ? outputs
        : throw new NixFormatException(
            NixErrorCodes.InvalidDerivedPath,
            $"'{text}' names no outputs. Give * for all of them, or names with commas between them, such as out,dev.");

    /// <summary>Reads outputs; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OutputsSpec? outputs)
    {
        outputs = null;
        if (text == "*")
        {
            outputs = All;
            return true;
        }

        var names = text?.Split(',') ?? [];
        if (names.Length > 0 && names.All(IsName))
        {
            outputs = Of(names);
            return true;
        }

        return false;
    }

    /// <summary>Whether an output may be called so.</summary>
    internal static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters);
}
