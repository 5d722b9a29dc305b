using NixSharp.Closures;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Contents;

/// <summary>What an image has beside the store, put together from its options and what its base has.</summary>
internal sealed class RootFiles(Closure closure, ImageOptions options, BaseImage? below)
{
    private static readonly HashSet<string> WantedOfBase = [AccountFiles.Passwd[1..], AccountFiles.Group[1..]];

    /// <summary>Whether there is nothing.</summary>
    public static bool AreEmpty(ImageOptions options) =>
        options.Files.Count + options.Users.Count + options.Groups.Count + options.RootLinks.Count == 0 &&
        options.Certificates is null && options.TimeZones is null && !options.HasTemporaryFolders;

    /// <summary>The layers of the base; null where there is none, or one of them has not been made.</summary>
    public IReadOnlyList<OciDigest>? BaseDiffIds
    {
        get
        {
            var known = below?.Layers.Select(static layer => layer.Descriptor?.DiffId ?? (layer as TarLayer)?.DiffId).OfType<OciDigest>().ToList();
            return known?.Count == below?.Layers.Count ? known : null;
        }
    }

    /// <summary>What the base has; reads all of its layers, where there is one.</summary>
    public Task<BaseRoot> ReadBaseAsync(CancellationToken cancellationToken) => below is null
        ? Task.FromResult(BaseRoot.Empty)
        : BaseRoot.ReadAsync(below, WantedOfBase, options.BaseLimits, cancellationToken);

    /// <summary>All files by their places, where symlinks of the base have been followed, in byte order.</summary>
    public SortedDictionary<string, ImageFile> Compose(BaseRoot root, CancellationToken cancellationToken)
    {
        var files = new SortedDictionary<string, ImageFile>(StringComparer.Ordinal);
        foreach (var file in options.Files)
        {
            var place = PlaceOf(root, file);
            if (!files.TryAdd(place, file))
            {
                throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{file.Target}' and '{files[place].Target}' are the same place in the base image: {place}. Leave one of them out.");
            }
        }

        foreach (var file in Derive(root, cancellationToken))
        {
            var place = PlaceOf(root, file);
            if (!files.ContainsKey(place) && !ImagePaths.AncestorsOf(place).Any(folder => files.TryGetValue(folder, out var other) && !other.IsFolder))
            {
                files[place] = file;
            }
        }

        return files;
    }

    /// <summary>What follows from the options; what was asked for by name comes before it, and the first of several that want one place gets it.</summary>
    private IEnumerable<ImageFile> Derive(BaseRoot root, CancellationToken cancellationToken)
    {
        IEnumerable<ImageFile> temporary = options.HasTemporaryFolders ? [ImageFile.Directory("/tmp") with { Mode = 0x3FF }, ImageFile.Directory("/var/tmp") with { Mode = 0x3FF }] : [];
        return AccountFiles.Make(options, root, below is not null)
            .Concat(temporary)
            .Concat(CertificateFiles.Make(closure, options))
            .Concat(TimeZoneFiles.Make(closure, options))
            .Concat(options.RootLinks.SelectMany(package => PackageLinks.Make(closure, package, cancellationToken)));
    }

    private static string PlaceOf(BaseRoot root, ImageFile file) => root.Resolve(file.Target, follow: file.IsFolder);
}
