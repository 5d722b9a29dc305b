using System.Security.Cryptography;
using System.Text;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Contents;
using NixSharp.Images.Tar;

namespace NixSharp.Images;

/// <summary>The layer on top: what is in the image beside the store. Made anew each time; it is small.</summary>
internal sealed class FilesLayer : TarLayer
{
    private readonly RootFiles _files;
    private readonly IReadOnlyList<FileRule> _rules;
    private BaseRoot? _base;

    public FilesLayer(RootFiles files, ImageOptions options)
        : base(options.Compression, options.Cache, null)
    {
        _files = files;
        _rules = options.FileRules;
        Name = options.Files.Count > 0 ? $"extra files from {options.Files.Select(static file => file.Target).Order(StringComparer.Ordinal).First()}" : "extra files";
        EstimatedSize = options.Files.Sum(static file => file.Contents?.Length ?? (file.Source is { } source && File.Exists(source) ? new FileInfo(source).Length : 0));
    }

    public override string Name { get; }

    public override long EstimatedSize { get; }

    private protected override void WriteTar(BlockStream output, CancellationToken cancellationToken)
    {
        // This is a thread of its own, which may wait.
        _base ??= _files.ReadBaseAsync(cancellationToken).GetAwaiter().GetResult();
        WriteTar(output, _base, cancellationToken);
    }

    /// <summary>
    /// What the layer would be without a base, and on which base it is: so that nobody has to fetch and read a base image
    /// to find that nothing has changed.
    /// </summary>
    private protected override async Task<string?> FindIdentityAsync(CancellationToken cancellationToken)
    {
        if (_files.BaseDiffIds is not { Count: > 0 } below)
        {
            return null;
        }

        var alone = await BlockPipeline.RunAsync((output, stop) => WriteTar(output, BaseRoot.Empty, stop), null, Stream.Null, null, cancellationToken).ConfigureAwait(false);
        var text = $"nixsharp files on a base 1\n{Compression.Identity}\n{Convert.ToHexStringLower(alone.InputDigest)}\n{string.Join('\n', below)}\n";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private void WriteTar(BlockStream output, BaseRoot below, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(output, _rules);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (place, file) in _files.Compose(below, cancellationToken))
        {
            foreach (var folder in ImagePaths.AncestorsOf(place).Where(folders.Add))
            {
                tar.AddDirectory(Encoding.UTF8.GetBytes(folder[1..]), below.AttributesOf(folder) ?? new TarAttributes(TarModes.Parent));
            }

            folders.Add(place);
            Write(tar, Encoding.UTF8.GetBytes(place[1..]), file, cancellationToken);
        }

        tar.Finish();
    }

    private static void Write(TarWriter tar, byte[] name, ImageFile file, CancellationToken cancellationToken)
    {
        var modes = file.Mode is { } mode ? TarModes.Default with { File = mode, Executable = mode } : TarModes.Default;
        tar.Begin(name, modes, new TarAttributes(0, file.Owner, file.Group));
        if (file.Source is { } source)
        {
            FileTree.Read(source, tar, cancellationToken);
        }
        else if (file.Contents is { } contents)
        {
            using var stream = new ReadOnlyMemoryStream(contents);
            tar.AddFile([], executable: false, contents.Length, stream);
        }
        else if (file.LinkTarget is { } target)
        {
            tar.AddSymlink([], Encoding.UTF8.GetBytes(target));
        }
        else
        {
            tar.AddDirectory(name, new TarAttributes(file.Mode ?? modes.Directory, file.Owner, file.Group));
        }
    }
}
