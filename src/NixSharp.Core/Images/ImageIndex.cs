using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Images.Layouts;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>
/// Images for several platforms under one name, of which each machine takes its own. Disposing it lets go of the images
/// that were opened with it, and not of those that it was made of.
/// </summary>
public sealed class ImageIndex : IDisposable
{
    private readonly IReadOnlyDictionary<string, string> _annotations;
    private readonly IDisposable? _source;

    /// <summary>Joins images; each has to be for another platform.</summary>
    /// <param name="images">The images, which have to stay open as long as the index is used.</param>
    /// <param name="annotations">Annotations of the index.</param>
    /// <exception cref="ImageException">There are none, two are for the same platform, or one is for none.</exception>
    public ImageIndex(IReadOnlyList<ContainerImage> images, IReadOnlyDictionary<string, string>? annotations = null)
        : this(images, annotations, null)
    {
    }

    private ImageIndex(IReadOnlyList<ContainerImage> images, IReadOnlyDictionary<string, string>? annotations, IDisposable? source)
    {
        ArgumentNullException.ThrowIfNull(images);
        Images = images;
        Platforms = [.. images.Select(static image => image.Platform ?? throw Invalid("one of them does not say for which platform it is"))];
        _annotations = annotations ?? new Dictionary<string, string>();
        _source = source;
        if (images.Count == 0)
        {
            throw Invalid("there are none");
        }

        if (Platforms.GroupBy(static platform => platform).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw Invalid($"{twice.Count()} of them are for {twice.Key}");
        }
    }

    /// <summary>The images, in the order of the index.</summary>
    public IReadOnlyList<ContainerImage> Images { get; }

    /// <summary>What each image is for.</summary>
    public IReadOnlyList<OciPlatform> Platforms { get; }

    /// <summary>Opens all images of an index in an OCI layout or archive.</summary>
    /// <exception cref="ImageException">There is no index, or it or an image is damaged.</exception>
    public static Task<ImageIndex> OpenAsync(ImageLocation location, OpenOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        options ??= new OpenOptions();
        return location.Transport is ImageTransport.Oci or ImageTransport.OciArchive
            ? Task.Run(
                () => ImageFiles.Open(location, options, files => new ImageIndex(OciReader.OpenAll(files, location.Reference, options), null, files), cancellationToken),
                cancellationToken)
            : throw new ImageException(NixErrorCodes.InvalidImageLocation, $"There is no index in {location}, because such a place has none. Give oci:FOLDER or oci-archive:FILE.");
    }

    /// <summary>Writes the index with all of its images to an OCI layout or archive.</summary>
    /// <exception cref="ImageException">The place cannot have an index, is taken or cannot be written, or a layer is damaged.</exception>
    public async Task<IndexWriteResult> WriteAsync(ImageLocation destination, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new WriteOptions();
        try
        {
            return await (destination.Transport switch
            {
                ImageTransport.Oci => LayoutFolder.WriteAsync(this, destination, options, cancellationToken),
                ImageTransport.OciArchive => OciArchive.WriteAsync(this, destination, options, cancellationToken),
                _ => throw new ImageException(
                    NixErrorCodes.UnsupportedImage,
                    $"Images for several platforms cannot be written to {destination}, because such an archive holds one. Write to oci: or oci-archive:, or write each image on its own."),
            }).ConfigureAwait(false);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw ContainerImage.WriteFailed(destination, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _source?.Dispose();

    /// <summary>The index over manifests, one an image.</summary>
    internal (OciDescriptor Descriptor, byte[] Contents) Write(IReadOnlyList<OciDescriptor> manifests)
    {
        var index = new JObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciMediaTypes.Index,
            ["manifests"] = new JArray(manifests.Zip(Platforms, static (manifest, platform) =>
            {
                var entry = ImageJson.Descriptor(manifest);
                entry["platform"] = ImagePlatforms.Write(platform);
                return entry;
            })),
        };
        if (_annotations.Count > 0)
        {
            index["annotations"] = ImageConfig.Sorted(_annotations);
        }

        var contents = ImageJson.Write(index);
        return (new OciDescriptor(OciMediaTypes.Index, OciDigest.Compute(contents), contents.Length), contents);
    }

    private static ImageException Invalid(string why) =>
        new(NixErrorCodes.InvalidImageOptions, $"The images cannot be joined into an index: {why}. Give at least one image, and no more than one for each platform.");
}
