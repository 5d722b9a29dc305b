using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NixSharp.Images.Layerings;

namespace NixSharp.Images;

/// <summary>The layerings that there are, and their names in text.</summary>
public static class Layering
{
    private const string BySizeName = "by-size";
    private const string GroupsName = "groups";
    private const string Forms =
        "Give 'automatic', 'popularity', 'nix2container', 'one-per-path', 'by-size' or 'by-size:BYTES', or 'groups:' with patterns of names, " +
        "a comma between those of one layer and a slash between layers, such as 'groups:^dotnet-runtime-*/acme-*'.";

    /// <summary>
    /// That of today's nixpkgs: large paths get layers of their own and take along what nothing else needs; what several
    /// of them need together has a layer too.
    /// </summary>
    public static ILayering Automatic { get; } = new AutomaticLayering();

    /// <summary>
    /// That of nixpkgs' dockerTools so far: the paths that the most others need, by the most ways, get a layer each, lowest
    /// first, and the last layer holds the rest.
    /// </summary>
    public static ILayering Popularity { get; } = new PopularityLayering();

    /// <summary>That of nix2container, which counts popularity otherwise.</summary>
    public static ILayering Nix2Container { get; } = new Nix2ContainerLayering();

    /// <summary>A layer for each path; where there are too many of them, the smallest share the lowest.</summary>
    public static ILayering OnePerPath { get; } = new OnePerPathLayering();

    /// <summary>Layers of about equal size.</summary>
    /// <param name="size">The size that is aimed at, in bytes before compression; it grows where there would be too many layers.</param>
    public static ILayering BySize(long size = BySizeLayering.DefaultSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return new BySizeLayering(size);
    }

    /// <summary>Groups that are named come first, a layer each and lowest first; a path belongs to the first that names it.</summary>
    /// <param name="groups">The groups; those without a path in the closure have no layer.</param>
    /// <param name="rest">Splits what is in no group; null takes <see cref="Automatic"/>.</param>
    public static ILayering ByGroups(IReadOnlyList<LayerGroup> groups, ILayering? rest = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return new GroupLayering(groups, rest ?? Automatic);
    }

    /// <summary>
    /// Paths stay in the layer that they were in. What is new goes where something of that package was before, else into a
    /// layer of its own as long as there are any, else where something else has changed anyway.
    /// </summary>
    /// <param name="earlier">What is known of the earlier image.</param>
    /// <param name="rest">Splits what is new; null takes <see cref="Automatic"/>.</param>
    public static ILayering StableAgainst(ImageContents earlier, ILayering? rest = null)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new StableLayering(earlier, rest ?? Automatic);
    }

    /// <summary>
    /// Reads <c>automatic</c>, <c>popularity</c>, <c>nix2container</c>, <c>one-per-path</c>, <c>by-size[:BYTES]</c> or
    /// <c>groups:PATTERN,PATTERN/PATTERN...</c>, whose last group may be the name of a layering for the rest.
    /// </summary>
    /// <exception cref="ImageException">The text is none of them.</exception>
    public static ILayering Parse(string text) => TryParse(text, out var layering)
        ? layering
        : throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a layering. {Forms}");

    /// <summary>Reads what <see cref="Parse"/> reads; false where it would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ILayering? layering)
    {
        var parts = (text ?? "").Split(':', 2);
        layering = (parts[0], parts.ElementAtOrDefault(1)) switch
        {
            (BySizeName, null) => BySize(),
            (BySizeName, { } size) when long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 => BySize(bytes),
            (GroupsName, { } groups) => ParseGroups(groups.Split('/')),
            var (name, options) when options is null => Find(name),
            _ => null,
        };
        return layering is not null;
    }

    private static ILayering? Find(string name) =>
        new[] { Automatic, Popularity, Nix2Container, OnePerPath }.FirstOrDefault(known => known.ToString() == name);

    private static ILayering? ParseGroups(string[] groups)
    {
        var rest = groups.Length > 1 ? Find(groups[^1]) : null;
        var named = groups.Take(groups.Length - (rest is null ? 0 : 1)).Select(static group => new LayerGroup(group.Split(','))).ToList();
        return named.All(static group => group.Patterns.All(static pattern => pattern.TrimStart('^').Length > 0)) ? ByGroups(named, rest) : null;
    }
}
