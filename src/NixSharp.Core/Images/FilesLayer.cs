using System.Text;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Tar;

namespace NixSharp.Images;

/// <summary>The layer on top: what is in the image beside the store. Made anew each time; it is small.</summary>
internal sealed class FilesLayer : TarLayer
{
    private readonly IReadOnlyList<ImageFile> _files;
    private readonly IReadOnlyList<FileRule> _rules;

    public FilesLayer(IEnumerable<ImageFile> files, IReadOnlyList<FileRule> rules, LayerCompression compression)
        : base(compression, null, null)
    {
        _rules = rules;
        // Byte order, and so a folder before what lies in it.
        _files = [.. files.OrderBy(static file => file.Target, StringComparer.Ordinal)];
        EstimatedSize = _files.Sum(static file => file.Contents?.Length ?? (file.Source is { } source && File.Exists(source) ? new FileInfo(source).Length : 0));
    }

    public override string Name => $"extra files from {_files[0].Target}";

    public override long EstimatedSize { get; }

    private protected override void WriteTar(BlockStream output, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(output, _rules);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in _files)
        {
            foreach (var folder in ImagePaths.AncestorsOf(file.Target).Where(folders.Add))
            {
                tar.AddDirectory(Encoding.UTF8.GetBytes(folder[1..]), new TarAttributes(TarModes.Parent));
            }

            folders.Add(file.Target);
            Write(tar, file, cancellationToken);
        }

        tar.Finish();
    }

    private static void Write(TarWriter tar, ImageFile file, CancellationToken cancellationToken)
    {
        var name = Encoding.UTF8.GetBytes(file.Target[1..]);
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
