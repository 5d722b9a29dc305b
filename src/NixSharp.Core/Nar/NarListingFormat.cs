namespace NixSharp.Nar;

/// <summary>The layouts of listings, each named after the first release of Nix that wrote it.</summary>
public enum NarListingFormat
{
    /// <summary>Up to 2.14: keys in an order of their own, <c>executable</c> only where a file is.</summary>
    Nix20,

    /// <summary>2.15 to 2.34: keys sorted.</summary>
    Nix215,

    /// <summary>2.35 and later: <c>executable</c> for every file.</summary>
    Nix235,
}
