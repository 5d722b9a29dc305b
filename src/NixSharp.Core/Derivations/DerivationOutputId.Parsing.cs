using NixSharp.Hashing;

namespace NixSharp.Derivations;

public readonly partial record struct DerivationOutputId
{
    /// <summary>Reads <c>sha256:HEX!OUTPUT</c>.</summary>
    /// <exception cref="NixFormatException">The text is something else.</exception>
    public static DerivationOutputId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new NixFormatException(
            NixErrorCodes.InvalidDerivedPath,
            $"'{text}' names no output of a derivation. It should look like sha256:<base16>!out.");

    /// <summary>Reads an output's name; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? text, out DerivationOutputId id)
    {
        id = default;
        var separator = text?.IndexOf('!', StringComparison.Ordinal) ?? -1;
        if (separator < 0 || !NixHash.TryParse(text.AsSpan(0, separator), out var hash) || !OutputsSpec.IsName(text![(separator + 1)..]))
        {
            return false;
        }

        id = new DerivationOutputId(hash, text[(separator + 1)..]);
        return true;
    }
}
