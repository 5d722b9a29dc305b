using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Files;

namespace NixSharp.Images.Described;

/// <summary>A JSON file that describes an image.</summary>
internal static class DescriptionFile
{
    /// <summary>Reads the file, which has at most <paramref name="maxSize"/> bytes.</summary>
    /// <exception cref="ImageException">There is none, or it is too large.</exception>
    public static byte[] Read(string path, int maxSize)
    {
        if (!File.Exists(path))
        {
            throw new ImageException(NixErrorCodes.ImageNotFound, $"There is no image at {path}: it is no file. Check the path, and that what makes the image has run.");
        }

        using var file = File.OpenRead(path);
        if (file.Length > maxSize)
        {
            throw new ImageException(NixErrorCodes.InvalidImage, $"{path} has {file.Length} bytes, and the description of an image may have {maxSize}. Give the JSON file, not an archive.");
        }

        var contents = new byte[file.Length];
        file.ReadExactly(contents);
        return contents;
    }

    /// <summary>Reads an object.</summary>
    /// <exception cref="ImageException">The text is none.</exception>
    public static JObject Parse(string path, ReadOnlySpan<byte> contents)
    {
        try
        {
            return ImageJson.Parse(contents) as JObject ?? throw NoObject(path, "it is no JSON object");
        }
        catch (JsonException error)
        {
            throw NoObject(path, error.Message.TrimEnd('.'));
        }
    }

    /// <summary>Says of which description an error of the system is.</summary>
    public static async Task<ContainerImage> GuardAsync(ImageLocation location, OpenOptions options, Func<Task<ContainerImage>> open)
    {
        if (options.Digest is { } digest)
        {
            throw new ImageException(NixErrorCodes.InvalidImageLocation, $"{location} cannot be opened by the digest {digest}: a description has none before its layers are made. Leave the digest out.");
        }

        try
        {
            return await open().ConfigureAwait(false);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error) || error is InvalidDataException)
        {
            throw new ImageException(NixErrorCodes.ImageUnreadable, $"The image cannot be read from {location}: {error.Message}", error);
        }
    }

    /// <summary>The file as text, where it is no JSON.</summary>
    public static string? AsScript(ReadOnlySpan<byte> contents) => contents.StartsWith("#!"u8) ? Encoding.UTF8.GetString(contents) : null;

    private static ImageException NoObject(string path, string why) =>
        new(NixErrorCodes.InvalidImage, $"{path} does not describe an image that can be made: {why}. Build it again.");
}
