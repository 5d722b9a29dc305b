using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;
using NixSharp.Files;

namespace NixSharp.Disks.Formats;

/// <summary>The kinds of image that are known, by name: those of nixos-generators, and those that a user adds.</summary>
public sealed class ImageFormats
{
    private readonly SortedDictionary<string, ImageFormat> _formats;

    private ImageFormats(IEnumerable<ImageFormat> formats)
    {
        _formats = new(StringComparer.Ordinal);
        foreach (var format in formats)
        {
            Check(format);
            _formats[format.Name] = format;
        }
    }

    /// <summary>Those of nixos-generators.</summary>
    public static ImageFormats Default { get; } = new(NixosGenerators.All);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyCollection<ImageFormat> All => _formats.Values;

    /// <summary>The format of a name.</summary>
    /// <exception cref="DiskException">There is none.</exception>
    public ImageFormat this[string name] => TryGet(name, out var format)
        ? format
        : throw new DiskException(NixErrorCodes.UnknownImageFormat, $"'{name}' is no format of images. Choose one of {string.Join(", ", _formats.Keys)}, or describe it in a file of formats.");

    /// <summary>The format of a name, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ImageFormat? format) => _formats.TryGetValue(name, out format);

    /// <summary>These and more; a format of a name that is there takes its place.</summary>
    /// <exception cref="DiskException">A format has no name, attribute or extension, or looks outside of the results.</exception>
    public ImageFormats With(params IEnumerable<ImageFormat> formats) => new([.. All, .. formats]);

    /// <summary>Finds the image among the results of a build.</summary>
    /// <param name="format">The format that was built.</param>
    /// <param name="result">The result: a store path, or the link to it.</param>
    /// <exception cref="DiskException">There is no image, or more than one.</exception>
    public static string FindResult(ImageFormat format, string result)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentException.ThrowIfNullOrEmpty(result);
        if (format.Results.Count == 0)
        {
            return File.Exists(result) ? result : throw Missing(format, result, "it is no file");
        }

        foreach (var pattern in format.Results)
        {
            var found = Match([result], pattern).Where(File.Exists).ToList();
            if (found.Count == 1)
            {
                return found[0];
            }

            if (found.Count > 1)
            {
                throw Missing(format, result, $"{pattern} fits {found.Count} files");
            }
        }

        throw Missing(format, result, $"nothing fits {string.Join(" or ", format.Results)}");
    }

    private static List<string> Match(List<string> folders, string pattern)
    {
        try
        {
            return pattern.Split('/').Aggregate(folders, static (above, part) =>
                [.. above.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFileSystemEntries(folder)).Where(path => FileSystemName.MatchesSimpleExpression(part, Path.GetFileName(path), ignoreCase: false)).Order(StringComparer.Ordinal)]);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(folders[0], error);
        }
    }

    private static void Check(ImageFormat format)
    {
        if (format.Name.Length == 0 || format.Attribute.Length == 0 || format.Results.Any(static pattern => pattern.Length == 0 || pattern.Split('/').Any(static part => part is "" or "." or "..")))
        {
            throw new DiskException(NixErrorCodes.UnknownImageFormat, $"The format '{format.Name}' cannot be used: it needs a name, an attribute and patterns that are relative to the results. Complete its description.");
        }
    }

    private static DiskException Missing(ImageFormat format, string result, string why) =>
        new(NixErrorCodes.ImageResultNotFound, $"There is no image of the format {format.Name} in {result}: {why}. Check that this format was built; 'nixsharp disk formats' says where its image is.");
}
