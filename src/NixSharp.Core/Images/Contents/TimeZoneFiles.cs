using NixSharp.Closures;

namespace NixSharp.Images.Contents;

/// <summary>The time zones of the world, where programs look for them.</summary>
internal static class TimeZoneFiles
{
    private const string Place = "/usr/share/zoneinfo";

    public static IEnumerable<ImageFile> Make(Closure closure, ImageOptions options)
    {
        if (options.TimeZones is not { } wanted)
        {
            yield break;
        }

        var folder = wanted == ImageOptions.FromHost ? Place : wanted;
        var real = OutsideFile.RealPathOf(closure, folder);
        var inside = Path.Combine(real, "share", "zoneinfo");
        var source = Directory.Exists(inside) ? $"{folder.TrimEnd('/')}/share/zoneinfo" : folder;
        yield return File.Exists(Path.Combine(OutsideFile.RealPathOf(closure, source), "UTC"))
            ? OutsideFile.Place(closure, Place, source)
            : throw new ImageException(
                NixErrorCodes.ImageContentsMissing,
                $"'{folder}' has no time zones: neither it nor its share/zoneinfo has a file 'UTC'. Give a store path such as that of tzdata, a folder like {Place}, or '{ImageOptions.FromHost}' on a machine that has them.");
    }
}
