using System.Text.RegularExpressions;

namespace NixSharp.Images.Described;

/// <summary>A path of a layer, as nix2container describes it.</summary>
/// <param name="Path">The path in the store, by which rules match.</param>
/// <param name="Files">Where its files are on this machine.</param>
internal sealed record NixLayerPath(string Path, string Files)
{
    /// <summary>What is replaced in the paths of its files, and by what, for their places in the image.</summary>
    public (Regex Expression, string Replacement)? Rewrite { get; init; }

    /// <summary>The places in the image that are left out, with all below them.</summary>
    public Regex? Ignored { get; init; }

    /// <summary>Modes and owners of its files, by their paths in the store.</summary>
    public IReadOnlyList<FileRule> Rules { get; init; } = [];

    /// <summary>All of it as it was written, for the identity of layers.</summary>
    public string Options { get; init; } = "";

    /// <summary>The place of a file in the image.</summary>
    public string PlaceOf(string file) => Rewrite is var (expression, replacement) ? expression.Replace(file, replacement) : file;
}
