using System.Text.RegularExpressions;

namespace NixSharp.Images;

/// <summary>A store path in a layer.</summary>
/// <param name="BaseName">The path without its folder: <c>HASH-NAME</c>.</param>
/// <param name="NarSize">The size of its NAR in bytes; null where that is not known.</param>
public readonly partial record struct LayerPath(string BaseName, long? NarSize)
{
    /// <summary>The name without a version: what two releases of the same package have in common.</summary>
    public string Package => BaseName.Length > 33 && Version().Match(BaseName, 33) is { Success: true, Index: var index } ? BaseName[33..index] : Name;

    /// <summary>The name, such as <c>hello-1.0</c>.</summary>
    public string Name => BaseName.Length > 33 ? BaseName[33..] : BaseName;

    // As Nix splits names: a dash that no letter follows.
    [GeneratedRegex("-[^A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
