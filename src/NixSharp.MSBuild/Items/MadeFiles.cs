using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.MSBuild.Items;

/// <summary>A list of the files that targets made outside their own folder, for <c>clean</c>.</summary>
internal sealed class MadeFiles(string file)
{
    private readonly HashSet<string> _paths = [.. File.Exists(file) ? File.ReadAllLines(file) : []];

    /// <summary>Whether nothing of the output was there before this build or an earlier one made it.</summary>
    public bool MayClaim(ImageLocation location) => _paths.Contains(MainFile(location)) || !File.Exists(MainFile(location));

    /// <summary>Notes what was written.</summary>
    public void Add(ImageLocation location, OciDigest? manifest, IReadOnlyList<WriteResult> images)
    {
        _paths.Add(MainFile(location));
        if (location.Transport == ImageTransport.Oci)
        {
            _paths.Add(Path.Combine(location.Path, "oci-layout"));
            _paths.UnionWith(
                images.SelectMany(image => image.Layers.Select(layer => (OciDigest?)layer.Descriptor.Blob.Digest).Append(image.ManifestDigest).Append(image.ConfigDigest))
                    .Append(manifest)
                    .OfType<OciDigest>()
                    .Select(digest => Path.Combine(location.Path, "blobs", digest.ToString().Replace(':', Path.DirectorySeparatorChar))));
        }

        ItemFile.WriteAtomically(file, string.Concat(_paths.Order(StringComparer.Ordinal).Select(path => path + "\n")));
    }

    /// <summary>Deletes all that was noted, and the folders of layouts that are empty then.</summary>
    public void Delete()
    {
        foreach (var path in _paths)
        {
            File.Delete(path);
        }

        foreach (var layout in _paths.Where(path => Path.GetFileName(path) == "oci-layout").Select(path => Path.GetDirectoryName(path)!))
        {
            foreach (var folder in (string[])[Path.Combine(layout, "blobs", "sha256"), Path.Combine(layout, "blobs"), layout])
            {
                if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                {
                    Directory.Delete(folder);
                }
            }
        }
    }

    private static string MainFile(ImageLocation location) =>
        location.Transport == ImageTransport.Oci ? Path.Combine(location.Path, "index.json") : location.Path;
}
