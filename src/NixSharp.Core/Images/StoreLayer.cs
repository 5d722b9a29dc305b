using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Closures;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Tar;
using NixSharp.StorePaths;

namespace NixSharp.Images;

/// <summary>
/// A layer of store paths. Its tar archive has the folders that lead to the store, then each path by its name, with
/// everything under it in the order of a NAR: mode 0444 or 0555, folders 0555, symlinks 0777, time 1, owner and group 0,
/// unless a rule says otherwise.
/// </summary>
public sealed class StoreLayer : TarLayer
{
    private const int FormatVersion = 1;

    private readonly Closure _closure;
    private readonly List<(StorePath Path, string Files)> _trees;
    private readonly IReadOnlyList<FileRule> _rules;

    internal StoreLayer(Closure closure, IEnumerable<StorePath> paths, LayerCompression compression, LayerCache? cache, IReadOnlyList<FileRule>? rules = null)
        : this(closure, [.. paths.Order()], compression, cache, [.. (rules ?? []).Where(rule => rule.CanMatchIn(closure.Store.StoreDirectory.Path))])
    {
    }

    private StoreLayer(Closure closure, IReadOnlyList<StorePath> paths, LayerCompression compression, LayerCache? cache, IReadOnlyList<FileRule> rules)
        : base(compression, cache, ComputeIdentity(closure, paths, compression, rules))
    {
        _rules = rules;
        Paths = paths;
        _closure = closure;
        EstimatedSize = paths.Sum(path => closure[path].NarSize);
        _trees = [.. paths.Select(path => (path, closure.GetRealPath(path)))];
    }

    /// <summary>The store paths in the layer, sorted.</summary>
    public IReadOnlyList<StorePath> Paths { get; }

    /// <summary>The store paths with the sizes of their NARs.</summary>
    internal IReadOnlyList<LayerPath> Contents => [.. Paths.Select(path => new LayerPath(path.BaseName, _closure[path].NarSize))];

    /// <inheritdoc/>
    public override string Name => Paths.Count == 1
        ? Paths[0].BaseName
        : string.Create(CultureInfo.InvariantCulture, $"{Paths.Count} store paths from {Paths[0].BaseName}");

    /// <inheritdoc/>
    public override long EstimatedSize { get; }

    private protected override IEnumerable<KeyValuePair<string, string>> DescribeContents() =>
        [KeyValuePair.Create(LayerAnnotations.StorePaths, StorePathAnnotation.Write(Contents))];

    private protected override void WriteTar(BlockStream output, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(output, _rules);
        foreach (var parent in ImagePaths.AncestorsOf(Paths[0].ToString()))
        {
            tar.AddDirectory(Encoding.UTF8.GetBytes(parent[1..]), new TarAttributes(TarModes.Parent));
        }

        foreach (var (path, files) in _trees)
        {
            tar.Begin(Encoding.UTF8.GetBytes(path.ToString()[1..]), TarModes.Store);
            FileTree.Read(files, tar, cancellationToken);
        }

        tar.Finish();
    }

    private static string ComputeIdentity(Closure closure, IReadOnlyList<StorePath> paths, LayerCompression compression, IReadOnlyList<FileRule> rules)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"nixsharp layer {FormatVersion}\n{compression.Identity}\n");
        foreach (var rule in rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"rule {rule.Describe()}\n");
        }

        foreach (var path in paths)
        {
            text.Append(CultureInfo.InvariantCulture, $"{path} {closure[path].NarHash}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
