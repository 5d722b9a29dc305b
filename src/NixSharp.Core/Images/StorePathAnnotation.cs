using System.Buffers;
using System.Globalization;
using NixSharp.StorePaths;

namespace NixSharp.Images;

/// <summary>The store paths of a layer in an annotation: <c>HASH-NAME:SIZE</c> each, with spaces between them.</summary>
internal static class StorePathAnnotation
{
    /// <summary>The most store paths of an image that are written; registries refuse manifests of 4 MiB.</summary>
    public const int MaxPaths = 10_000;

    private const int MaxBaseNameLength = StorePath.HashPartLength + 1 + StorePath.MaxNameLength;

    // What comes from a registry may end up on a terminal.
    private static readonly SearchValues<char> BaseNameCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=");

    public static string Write(IEnumerable<LayerPath> paths) =>
        string.Join(' ', paths.Select(static path => string.Create(CultureInfo.InvariantCulture, $"{path.BaseName}:{path.NarSize}")));

    /// <summary>Reads what <see cref="Write"/> writes; entries that are malformed are left out.</summary>
    public static IEnumerable<LayerPath> Read(string? annotation)
    {
        foreach (var entry in (annotation ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            if (colon is > 0 and <= MaxBaseNameLength && !entry.AsSpan(0, colon).ContainsAnyExcept(BaseNameCharacters) && long.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            {
                yield return new LayerPath(entry[..colon], size);
            }
        }
    }
}
