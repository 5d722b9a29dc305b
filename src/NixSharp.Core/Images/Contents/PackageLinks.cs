using System.Text;
using NixSharp.Closures;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Images.Contents;

/// <summary>
/// Symlinks from the root of the image to the files of a package: <c>/bin/hello</c> leads to its <c>bin/hello</c>.
/// Folders are real ones, so that several packages may share them.
/// </summary>
internal sealed class PackageLinks : IFileTreeSink
{
    // Of use to builds only.
    private const string SupportFolder = "nix-support";

    private readonly List<ImageFile> _links = [];
    private readonly List<string> _folders = [];
    private readonly StorePath _package;

    private PackageLinks(StorePath package)
    {
        _package = package;
    }

    public static IReadOnlyList<ImageFile> Make(Closure closure, StorePath package, CancellationToken cancellationToken)
    {
        var sink = new PackageLinks(package);
        FileTree.Read(closure.GetRealPath(package), sink, cancellationToken);
        return sink._links;
    }

    public void BeginDirectory(ReadOnlySpan<byte> name) => _folders.Add(Encoding.UTF8.GetString(name));

    public void EndDirectory() => _folders.RemoveAt(_folders.Count - 1);

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents) => Add(name);

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => Add(name);

    private void Add(ReadOnlySpan<byte> name)
    {
        // The first folder is the package itself; one that is a file has no place in the root.
        if (_folders.Count == 0 || (_folders.Count > 1 && _folders[1] == SupportFolder))
        {
            return;
        }

        var path = string.Join('/', _folders.Skip(1).Append(Encoding.UTF8.GetString(name)));
        _links.Add(ImageFile.Symlink($"/{path}", $"{_package}/{path}"));
    }
}
