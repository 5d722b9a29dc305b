namespace NixSharp.Hashing;

/// <summary>The ways to write a digest as text.</summary>
public enum HashFormat
{
    /// <summary>Lower-case hexadecimal.</summary>
    Base16,

    /// <summary>Nix's own base 32 (see <see cref="Hashing.Nix32"/>).</summary>
    Nix32,

    /// <summary>Base 64 with padding (RFC 4648, section 4).</summary>
    Base64,

    /// <summary>Subresource integrity: <c>algorithm-base64</c>.</summary>
    Sri,
}
