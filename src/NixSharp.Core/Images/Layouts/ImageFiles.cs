using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Layouts;

/// <summary>The files that an image on disk consists of, in a folder or an archive.</summary>
internal abstract class ImageFiles : IDisposable
{
    /// <summary>The folder or archive, for messages.</summary>
    public abstract string Location { get; }

    /// <summary>How much is read before an image is refused.</summary>
    public ImageLimits Limits { get; init; } = new();

    public static ContainerImage Open(ImageLocation location, OpenOptions options, CancellationToken cancellationToken) => Open(
        location,
        options,
        files => location.Transport == ImageTransport.DockerArchive
            ? DockerReader.Open(files, location.Reference, options)
            : OciReader.Open(files, location.Reference, options),
        cancellationToken);

    /// <summary>Opens the files of an image, and has <paramref name="read"/> make something of them that keeps them open.</summary>
    public static T Open<T>(ImageLocation location, OpenOptions options, Func<ImageFiles, T> read, CancellationToken cancellationToken)
    {
        ImageFiles? files = null;
        try
        {
            var path = Path.GetFullPath(location.Path);
            files = location.Transport == ImageTransport.Oci ? FolderFiles.Open(path, options.Limits) : ArchiveFiles.Open(path, options.Limits, cancellationToken);
            return read(files);
        }
        catch (Exception error)
        {
            files?.Dispose();
            if (FileErrors.IsFromSystem(error) || error is InvalidDataException)
            {
                throw new ImageException(NixErrorCodes.ImageUnreadable, $"The image cannot be read from {location}: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>Opens a file; null where there is none by that name.</summary>
    public abstract Stream? TryOpen(string name, out long size);

    public abstract void Dispose();

    /// <summary>Reads a file that has to be there and to be small.</summary>
    /// <exception cref="ImageException">It is not.</exception>
    public byte[] ReadSmall(string name)
    {
        using var stream = TryOpen(name, out var size) ?? throw Damaged($"it has no file '{name}'");
        if (size > Limits.MaxJsonSize)
        {
            throw Damaged($"its file '{name}' has {size} bytes, and {Limits.MaxJsonSize} are allowed");
        }

        var contents = new byte[size];
        stream.ReadExactly(contents);
        return contents;
    }

    /// <summary>Reads a file that has to be JSON.</summary>
    /// <exception cref="ImageException">It is not.</exception>
    public JToken ReadJson(string name) => ParseJson(name, ReadSmall(name));

    public JToken ParseJson(string name, ReadOnlySpan<byte> contents)
    {
        try
        {
            return ImageJson.Parse(contents);
        }
        catch (JsonException error)
        {
            throw new ImageException(NixErrorCodes.InvalidImage, $"{Location} is not an image that can be read: its file '{name}' is not JSON: {error.Message} Make the image again.", error);
        }
    }

    public ImageException Damaged(string why) =>
        new(NixErrorCodes.InvalidImage, $"{Location} is not an image that can be read: {why}. Make the image again.");

    /// <summary>Refuses an image with more layers than are allowed.</summary>
    public void CheckLayerCount(int count)
    {
        if (count > Limits.MaxLayers)
        {
            throw Damaged($"it has {count} layers, and {Limits.MaxLayers} are allowed");
        }
    }

    /// <summary>Refuses an image that is not the one that was meant.</summary>
    public void CheckPin(OciDigest? wanted, OciDigest actual)
    {
        if (wanted is { } digest && digest != actual)
        {
            throw new ImageException(
                NixErrorCodes.BlobDigestMismatch,
                $"The image in {Location} has the digest {actual}, and {digest} was asked for. Get the image that is meant, or ask for the one that is there.");
        }
    }

    public ImageException NotFound(string what) =>
        new(NixErrorCodes.ImageNotFound, $"{Location} has no image {what}. Name one that it has.");
}
