using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Described;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Images;

/// <summary>Images that are store objects themselves, such as dockerTools and nix2container make.</summary>
public static class StoreImage
{
    /// <summary>
    /// Opens the image that a store object is: an archive of dockerTools' <c>buildImage</c> and <c>buildLayeredImage</c>,
    /// the script of <c>streamLayeredImage</c> or its configuration, or nix2container's JSON. Null where the object is no
    /// such file, but something to make an image of.
    /// </summary>
    /// <param name="store">The store, which has to stay open as long as the image is used.</param>
    /// <param name="path">The store object.</param>
    /// <param name="options">How it is opened; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="ImageException">The image is damaged or cannot be read.</exception>
    public static async Task<ContainerImage?> TryOpenAsync(
        IFileSystemStore store,
        StorePath path,
        OpenOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        options = (options ?? new OpenOptions()) with { Store = store };
        var file = store.GetRealPath(path);
        return File.Exists(file) && TransportOf(path.Name, file, options.Limits) is { } transport
            ? await ContainerImage.OpenAsync(new ImageLocation(transport, file), options, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private static ImageTransport? TransportOf(string name, string file, ImageLimits limits)
    {
        if (name.EndsWith(".tar.gz", StringComparison.Ordinal) || name.EndsWith(".tar", StringComparison.Ordinal))
        {
            return ImageTransport.DockerArchive;
        }

        var isScript = name.StartsWith("stream-", StringComparison.Ordinal);
        if ((!isScript && !name.EndsWith(".json", StringComparison.Ordinal)) || new FileInfo(file).Length > limits.MaxJsonSize)
        {
            return null;
        }

        var contents = DescriptionFile.Read(file, limits.MaxJsonSize);
        if (isScript)
        {
            return DescriptionFile.AsScript(contents) is null ? null : ImageTransport.Stream;
        }

        return TryParse(contents) switch
        {
            JObject json when json.ContainsKey("store_layers") => ImageTransport.Stream,
            JObject json when json.ContainsKey("image-config") => ImageTransport.Nix,
            _ => null,
        };
    }

    private static JToken? TryParse(ReadOnlySpan<byte> contents)
    {
        try
        {
            return ImageJson.Parse(contents);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
