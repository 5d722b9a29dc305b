using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Tar;
using NixSharp.Stores;

namespace NixSharp.Images.Described;

/// <summary>A layer of store paths as nixpkgs' script for streamed images writes it.</summary>
internal sealed class StreamedLayer : TarLayer
{
    private readonly IReadOnlyList<(string Path, string Files)> _trees;
    private readonly TarAttributes _attributes;

    private StreamedLayer(IReadOnlyList<(string Path, string Files)> trees, TarAttributes attributes, IReadOnlyList<PathInfo>? infos, OpenOptions options)
        : base(options.Compression, options.Cache, infos is null ? null : ComputeIdentity(infos, attributes, options.Compression))
    {
        _trees = trees;
        _attributes = attributes;
        EstimatedSize = infos?.Sum(static info => info.NarSize) ?? 0;
    }

    public override string Name => _trees.Count == 1
        ? Path.GetFileName(_trees[0].Path)
        : string.Create(CultureInfo.InvariantCulture, $"{_trees.Count} store paths from {Path.GetFileName(_trees[0].Path)}");

    public override long EstimatedSize { get; }

    public static async Task<StreamedLayer> CreateAsync(
        DescribedPaths paths,
        IReadOnlyList<string> group,
        TarAttributes attributes,
        OpenOptions options,
        CancellationToken cancellationToken)
    {
        var infos = await paths.FindInfosAsync(group.Select(paths.StorePathOf), cancellationToken).ConfigureAwait(false);
        return new StreamedLayer([.. group.Select(path => (path, paths.RealPathOf(path)))], attributes, infos, options);
    }

    private protected override void WriteTar(BlockStream output, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(output, dialect: TarDialect.Python);
        tar.AddDirectory("nix"u8, _attributes with { Mode = TarModes.Parent });
        tar.AddDirectory("nix/store"u8, _attributes with { Mode = TarModes.Parent });
        foreach (var (path, files) in _trees)
        {
            tar.Begin(Encoding.UTF8.GetBytes(path[1..]), TarModes.Store, _attributes);
            FileTree.Read(files, tar, cancellationToken);
        }

        tar.Finish();
    }

    private static string ComputeIdentity(IReadOnlyList<PathInfo> infos, TarAttributes attributes, LayerCompression compression)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"nixsharp streamed layer 1\n{compression.Identity}\n");
        text.Append(CultureInfo.InvariantCulture, $"{attributes.Owner} {attributes.Group} {attributes.OwnerName} {attributes.GroupName} {attributes.Time}\n");
        foreach (var info in infos)
        {
            text.Append(CultureInfo.InvariantCulture, $"{info.Path} {info.NarHash}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
