using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Images.Contents;
using NixSharp.Images.Oci;
using NixSharp.StorePaths;

namespace NixSharp.Images;

/// <summary>
/// An image, made from a closure or read from a layout or archive. Layers are made when they are written, not before.
/// Disposing lets go of the archive that an image was read from; an image of a closure has nothing to let go of, and
/// needs its store open as long as it is used.
/// </summary>
public sealed partial class ContainerImage : IContainerImage, IDisposable
{
    private readonly Func<IReadOnlyList<OciDigest>, byte[]> _config;
    private readonly IReadOnlyDictionary<string, string> _annotations;
    private readonly IDisposable? _source;
    private readonly ImageManifest? _manifest;

    internal ContainerImage(IReadOnlyList<IWritableLayer> layers, ImageManifest manifest, IDisposable source)
        : this(layers, _ => manifest.Config.ToArray(), source)
    {
        _manifest = manifest;
        KnownConfig = manifest.Config;
    }

    internal ContainerImage(
        IReadOnlyList<IWritableLayer> layers,
        Func<IReadOnlyList<OciDigest>, byte[]> config,
        IDisposable? source,
        IReadOnlyDictionary<string, string>? annotations = null)
    {
        WritableLayers = layers;
        _config = config;
        _source = source;
        _annotations = annotations ?? new Dictionary<string, string>();
    }

    /// <inheritdoc/>
    public IReadOnlyList<IImageLayer> Layers => WritableLayers;

    /// <summary>The manifest's digest, of an image that was read from where images have one; else null.</summary>
    public OciDigest? Digest => _manifest?.Descriptor.Digest;

    /// <summary>What the image runs on; null where its configuration does not say it.</summary>
    /// <exception cref="ImageException">The configuration is not JSON.</exception>
    public OciPlatform? Platform => ImagePlatforms.ReadPlatform(ReadConfig(new OciDigest[Layers.Count]));

    /// <summary>The reference by which the image was found in a registry; null where it comes from elsewhere.</summary>
    public string? Name { get; internal init; }

    internal IReadOnlyList<IWritableLayer> WritableLayers { get; }

    /// <summary>The configuration of an image that was read from somewhere.</summary>
    internal ReadOnlyMemory<byte>? KnownConfig { get; init; }

    /// <summary>Describes an image of a closure; makes nothing yet.</summary>
    /// <exception cref="ImageException">An option is wrong.</exception>
    /// <exception cref="NixStoreException">The store keeps no files on this machine.</exception>
    public static ContainerImage FromClosure(Closure closure, ImageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(closure);
        options ??= new ImageOptions();
        var below = options.Base is null ? null : new BaseImage(options.Base);
        ImageOptionsCheck.Check(closure, options, below);
        var hasFiles = !RootFiles.AreEmpty(options);
        var layers = new List<IWritableLayer>(below?.Layers ?? []);
        var maxStoreLayers = options.MaxLayers - layers.Count - (hasFiles ? 1 : 0) - (options.HasDatabase ? 1 : 0);
        if (closure.Paths.Count > 0)
        {
            var groups = options.Layering.Split(closure, maxStoreLayers);
            CheckGroups(closure, groups, maxStoreLayers);
            layers.AddRange(groups.Select(group => new StoreLayer(closure, group, options.Compression, options.Cache, options.FileRules)));
        }

        if (options.HasDatabase)
        {
            layers.Add(new DatabaseLayer(closure, options));
        }

        if (hasFiles)
        {
            layers.Add(new FilesLayer(new RootFiles(closure, options, below), options));
        }

        var annotations = new Dictionary<string, string>(below?.Annotations ?? []);
        foreach (var (key, value) in options.Annotations)
        {
            annotations[key] = value;
        }

        return new ContainerImage(layers, diffIds => ImageConfig.Write(options, below, layers, diffIds), options.OwnsBase ? options.Base : null, annotations);
    }

    /// <inheritdoc/>
    public ImageManifest GetManifest()
    {
        if (_manifest is not null)
        {
            return _manifest;
        }

        return GetManifest([.. Layers.Select(static layer =>
            layer.Descriptor ?? throw new InvalidOperationException("A layer has not been made yet, so its digest is not known."))]);
    }

    /// <inheritdoc/>
    public void Dispose() => _source?.Dispose();

    /// <summary>The manifest and configuration over layers that somebody else may have made.</summary>
    internal ImageManifest GetManifest(IReadOnlyList<LayerDescriptor> layers)
    {
        if (_manifest is not null)
        {
            return _manifest;
        }

        var withContents = WritableLayers.Sum(static layer => layer is StoreLayer { Paths.Count: var count } ? count : 0) <= StorePathAnnotation.MaxPaths;
        var annotated = layers.Zip(WritableLayers, (descriptor, layer) =>
            layer is TarLayer made ? descriptor with { Annotations = made.Annotate(descriptor, withContents) } : descriptor);
        var config = GetConfig([.. layers.Select(static layer => layer.DiffId)]);
        var configDescriptor = new OciDescriptor(OciMediaTypes.Config, OciDigest.Compute(config.Span), config.Length);
        var manifest = ImageConfig.WriteManifest(configDescriptor, annotated, _annotations);
        return new ImageManifest
        {
            Descriptor = new OciDescriptor(OciMediaTypes.Manifest, OciDigest.Compute(manifest), manifest.Length),
            Manifest = manifest,
            ConfigDescriptor = configDescriptor,
            Config = config,
        };
    }

    /// <summary>The configuration, for which the layers' tar archives have to be known, but not what they compress to.</summary>
    internal ReadOnlyMemory<byte> GetConfig(IReadOnlyList<OciDigest> diffIds) => _config(diffIds);

    /// <summary>The configuration, JSON; null as long as a layer has not been made that it depends on.</summary>
    public ReadOnlyMemory<byte>? FindConfiguration()
    {
        var diffIds = WritableLayers.Select(static layer => layer.Descriptor?.DiffId ?? (layer as TarLayer)?.DiffId).OfType<OciDigest>().ToList();
        return KnownConfig ?? (diffIds.Count == Layers.Count ? GetConfig(diffIds) : null);
    }

    /// <summary>The configuration, parsed.</summary>
    /// <exception cref="ImageException">It is no JSON object.</exception>
    internal JObject ReadConfig(IReadOnlyList<OciDigest> diffIds)
    {
        var name = Name ?? "The image";
        try
        {
            return ImageJson.Parse(GetConfig(diffIds).Span) as JObject
                ?? throw new ImageException(NixErrorCodes.InvalidImage, $"{name} cannot be read: its configuration is no JSON object. Make the image again.");
        }
        catch (JsonException error)
        {
            throw new ImageException(NixErrorCodes.InvalidImage, $"{name} cannot be read: its configuration is not JSON: {error.Message} Make the image again.", error);
        }
    }

    private static void CheckGroups(Closure closure, IReadOnlyList<IReadOnlyList<StorePath>> groups, int maxLayers)
    {
        var paths = groups.SelectMany(static group => group).ToList();
        if (groups.Count > maxLayers ||
            groups.Any(static group => group.Count == 0) ||
            paths.Count != closure.Paths.Count ||
            !closure.Paths.Select(static info => info.Path).ToHashSet().SetEquals(paths))
        {
            throw new ImageException(
                NixErrorCodes.InvalidImageOptions,
                $"The layering gave {groups.Count} layers of {paths.Count} store paths. It has to put each of the closure's {closure.Paths.Count} paths into one of at most {maxLayers} layers.");
        }
    }
}
