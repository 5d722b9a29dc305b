using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Oci;
using NixSharp.Images.Tar;
using NixSharp.Stores;

namespace NixSharp.Images.Described;

/// <summary>A layer as nix2container writes it: the trees of several paths, moved and put together.</summary>
internal sealed class NixLayer : TarLayer
{
    private static readonly TarAttributes Attributes = new(0, OwnerName: "root", GroupName: "root");

    private readonly IReadOnlyList<NixLayerPath> _paths;
    private readonly OciDigest _recorded;
    private readonly OpenOptions _options;

    private NixLayer(IReadOnlyList<NixLayerPath> paths, OciDigest recorded, IReadOnlyList<PathInfo>? infos, OpenOptions options)
        : base(options.Compression, options.Cache, infos is null ? null : ComputeIdentity(paths, infos, options.Compression))
    {
        _paths = paths;
        _recorded = recorded;
        _options = options;
        EstimatedSize = infos?.Sum(static info => info.NarSize) ?? 0;
        if (Descriptor is { } known)
        {
            OnMade(known.DiffId);
        }
    }

    public override string Name => _paths.Count == 1
        ? Path.GetFileName(_paths[0].Path)
        : string.Create(CultureInfo.InvariantCulture, $"{_paths.Count} paths from {Path.GetFileName(_paths[0].Path)}");

    public override long EstimatedSize { get; }

    public static async Task<NixLayer> CreateAsync(
        DescribedPaths places,
        IReadOnlyList<NixLayerPath> paths,
        OciDigest recorded,
        OpenOptions options,
        CancellationToken cancellationToken)
    {
        var infos = await places.FindInfosAsync(paths.Select(path => places.StorePathOf(path.Path)), cancellationToken).ConfigureAwait(false);
        return new NixLayer(paths, recorded, infos, options);
    }

    private protected override void WriteTar(BlockStream output, CancellationToken cancellationToken)
    {
        var root = new NixLayerNode();
        foreach (var path in _paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(root, path, Inspect(path.Files), path.Path, cancellationToken);
        }

        root.RestoreNames();
        var tar = new TarWriter(output, dialect: TarDialect.Go);
        Write(tar, root, null, cancellationToken);
        tar.Finish();
    }

    private protected override void OnMade(OciDigest diffId)
    {
        if (diffId != _recorded)
        {
            _options.Log?.Report($"The layer of {Name} came out as {diffId}, and {_recorded} was recorded: its paths have changed since, or were written by another version. It is used as it is now.");
        }
    }

    private static FileSystemInfo Inspect(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is not null || file.Exists ? file
            : Directory.Exists(path) ? new DirectoryInfo(path)
            : throw FileErrors.Reading(path, new FileNotFoundException());
    }

    private static void Add(NixLayerNode root, NixLayerPath path, FileSystemInfo source, string storePath, CancellationToken cancellationToken)
    {
        var place = path.PlaceOf(storePath);
        if (place.Length > 0 && path.Ignored?.IsMatch(place) == true)
        {
            return;
        }

        if (place.Length > 0)
        {
            Place(root, path, source, storePath, place);
        }

        if (source is not DirectoryInfo folder || folder.LinkTarget is not null)
        {
            return;
        }

        foreach (var entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(root, path, entry, $"{storePath}/{entry.Name}", cancellationToken);
        }
    }

    private static void Place(NixLayerNode root, NixLayerPath path, FileSystemInfo source, string storePath, string place)
    {
        var node = root;
        foreach (var part in Clean(place))
        {
            node = node.Child(part);
        }

        if (node.Source is { } other && (KindOf(other) != KindOf(source) || (other is FileInfo { LinkTarget: null } one && source is FileInfo same && one.Length != same.Length)))
        {
            throw new InvalidDataException($"{node.StorePath} and {storePath} both would be {place}.");
        }

        (node.Source, node.StorePath, node.Rules) = (source, storePath, path.Rules);
    }

    /// <summary>The parts of a place; the first is empty where it is absolute. None climbs out of the image.</summary>
    private static List<string> Clean(string place)
    {
        var parts = place.StartsWith('/') ? new List<string> { "" } : [];
        var first = parts.Count;
        foreach (var part in place.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == first)
                {
                    throw new InvalidDataException($"'{place}' leaves the image.");
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    private static (bool IsFolder, bool IsLink, int Mode) KindOf(FileSystemInfo source) =>
        source.LinkTarget is not null ? (false, true, 0) : (source is DirectoryInfo, false, (int)source.UnixFileMode);

    private static void Write(TarWriter tar, NixLayerNode node, string? place, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (place is not null)
        {
            WriteEntry(tar, node, place);
        }

        foreach (var (name, child) in node.Children)
        {
            Write(tar, child, place is null ? name is "" ? "/" : name : place == "/" ? $"/{name}" : $"{place}/{name}", cancellationToken);
        }
    }

    private static void WriteEntry(TarWriter tar, NixLayerNode node, string place)
    {
        var name = Encoding.UTF8.GetBytes(place);
        if (node.Source is not { } source)
        {
            tar.AddDirectory(name, Attributes with { Mode = TarModes.Parent });
            return;
        }

        var type = source.LinkTarget is not null ? TarEntryType.Symlink : source is DirectoryInfo ? TarEntryType.Directory : TarEntryType.File;
        var attributes = Attributes with { Mode = type == TarEntryType.Symlink ? TarModes.Symlink : (int)source.UnixFileMode };
        foreach (var rule in node.Rules)
        {
            attributes = rule.Matches(node.StorePath) ? rule.Apply(type, attributes) : attributes;
        }

        if (type == TarEntryType.Directory)
        {
            tar.AddDirectory(name, attributes);
            return;
        }

        tar.Begin(name, new TarModes(attributes.Mode, attributes.Mode, attributes.Mode), attributes);
        if (source.LinkTarget is { } target)
        {
            tar.AddSymlink([], Encoding.UTF8.GetBytes(target));
            return;
        }

        using var contents = ((FileInfo)source).OpenRead();
        tar.AddFile([], executable: false, contents.Length, contents);
    }

    private static string ComputeIdentity(IReadOnlyList<NixLayerPath> paths, IReadOnlyList<PathInfo> infos, LayerCompression compression)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"nixsharp nix2container layer 1\n{compression.Identity}\n");
        foreach (var path in paths)
        {
            text.Append(CultureInfo.InvariantCulture, $"{path.Path} {path.Options.Length} {path.Options}\n");
        }

        foreach (var info in infos)
        {
            text.Append(CultureInfo.InvariantCulture, $"{info.Path} {info.NarHash}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
