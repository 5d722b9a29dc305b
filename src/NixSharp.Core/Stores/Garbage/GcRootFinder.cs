using System.Text;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

/// <summary>Finds what keeps store paths alive, where Nix looks for it: symlinks, profiles, temporary roots, processes.</summary>
/// <param name="layout">The store.</param>
/// <param name="tidy">Whether what processes left behind that are gone, and links to nothing, are removed on the way.</param>
internal sealed class GcRootFinder(StoreLayout layout, bool tidy = false)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    public IReadOnlyList<GcRoot> Find(CancellationToken cancellationToken)
    {
        var roots = new List<GcRoot>();
        FindInFolder(layout.GcRoots, roots, cancellationToken);
        FindInFolder(layout.Profiles, roots, cancellationToken);
        FindTemporary(roots);
        if (OperatingSystem.IsLinux())
        {
            ProcessRoots.Find(layout, roots, cancellationToken);
        }

        // A link that is in a folder of roots may be an indirect root, too.
        return [.. roots.Distinct()];
    }

    private void FindInFolder(string folder, List<GcRoot> roots, CancellationToken cancellationToken)
    {
        var pending = new Stack<string>([folder]);
        while (pending.TryPop(out var current))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Directory.Exists(current))
            {
                continue;
            }

            foreach (var entry in new DirectoryInfo(current).EnumerateFileSystemInfos("*", Everything))
            {
                if (entry.LinkTarget is { } target)
                {
                    AddLink(entry.FullName, target, roots);
                }
                else if (entry is DirectoryInfo)
                {
                    pending.Push(entry.FullName);
                }
                else if (StorePath.TryParseBaseName(entry.Name, layout.Directory, out var named))
                {
                    roots.Add(new GcRoot(named, entry.FullName));
                }
            }
        }
    }

    private void AddLink(string link, string target, List<GcRoot> roots)
    {
        if (TryFindPath(target, out var path))
        {
            roots.Add(new GcRoot(path, link));
            return;
        }

        // An indirect root: a link to a link that its user may delete at any time.
        var indirect = Path.GetFullPath(target, Path.GetDirectoryName(link)!);
        if (new FileInfo(indirect).LinkTarget is { } final && TryFindPath(final, out path))
        {
            roots.Add(new GcRoot(path, indirect));
        }
        else if (tidy && !FileTree.Exists(indirect) && Path.GetDirectoryName(link) == Path.Combine(layout.GcRoots, "auto"))
        {
            File.Delete(link);
        }
    }

    private void FindTemporary(List<GcRoot> roots)
    {
        if (!Directory.Exists(layout.TemporaryRoots))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(layout.TemporaryRoots))
        {
            // Who can take the lock has found the file of a process that is gone.
            if (FileLock.TryAcquire(file, FileLockMode.Exclusive) is { } stale)
            {
                if (tidy)
                {
                    stale.DeleteAndDispose();
                }
                else
                {
                    stale.Dispose();
                }

                continue;
            }

            foreach (var line in Encoding.UTF8.GetString(FileLock.ReadWhileLocked(file)).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                if (TryFindPath(line, out var path))
                {
                    roots.Add(new GcRoot(path, $"process {Path.GetFileName(file)}") { IsTemporary = true });
                }
            }
        }
    }

    private bool TryFindPath(string text, out StorePath path)
    {
        path = default;
        var prefix = layout.Directory.Path + "/";
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var end = text.IndexOf('/', prefix.Length);
        return StorePath.TryParseBaseName(end < 0 ? text[prefix.Length..] : text[prefix.Length..end], layout.Directory, out path);
    }
}
