using NixSharp.StorePaths;

namespace NixSharp.DotNet;

/// <summary>A part of a publish output, gathered in a folder of its own.</summary>
internal sealed class StagedOutput(string source, string folder)
{
    private readonly HashSet<string> _linked = new(StringComparer.Ordinal);

    /// <summary>The folder that it is gathered in.</summary>
    public string Folder { get; } = Directory.CreateDirectory(folder).FullName;

    /// <summary>The files of a folder that are no symlinks, relative to it, with slashes, in byte order.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        Walk(folder).Where(static entry => entry is FileInfo { LinkTarget: null })
            .Select(entry => Relative(folder, entry))
            .Order(StringComparer.Ordinal);

    /// <summary>Copies files that the source has.</summary>
    public void Copy(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            File.Copy(Path.Combine(source, file), Place(file));
        }
    }

    /// <summary>Has symlinks in place of files, to where they are in a store.</summary>
    public void Link(IEnumerable<string> files, StorePath path)
    {
        foreach (var file in files)
        {
            _linked.Add(file);
            File.CreateSymbolicLink(Place(file), $"{path}/{file}");
        }
    }

    /// <summary>Copies all that the source has and that was not linked: files, symlinks, and folders, empty ones too.</summary>
    public void CopyRest()
    {
        foreach (var entry in Walk(source))
        {
            var relative = Relative(source, entry);
            switch (entry)
            {
                case { LinkTarget: { } target }:
                    File.CreateSymbolicLink(Place(relative), target);
                    break;
                case DirectoryInfo:
                    Directory.CreateDirectory(Path.Combine(Folder, relative));
                    break;
                case FileInfo when !_linked.Contains(relative):
                    Copy([relative]);
                    break;
            }
        }
    }

    private static IEnumerable<FileSystemInfo> Walk(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }))
        {
            yield return entry;
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                foreach (var below in Walk(entry.FullName))
                {
                    yield return below;
                }
            }
        }
    }

    private static string Relative(string folder, FileSystemInfo entry) =>
        Path.GetRelativePath(folder, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');

    private string Place(string file)
    {
        var place = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        return place;
    }
}
