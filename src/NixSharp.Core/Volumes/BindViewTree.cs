using NixSharp.Closures;
using NixSharp.Files;

namespace NixSharp.Volumes;

/// <summary>Makes the places that the store paths of a bind view are mounted at.</summary>
internal static class BindViewTree
{
    /// <summary>Makes an empty folder or file for each store path; a symlink, which nothing can be mounted on, is made anew.</summary>
    public static VolumeReport Make(Closure closure, string storeFolder, CancellationToken cancellationToken)
    {
        var report = new VolumeReport();
        foreach (var info in closure.Paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (source, place) = (closure.GetRealPath(info.Path), Path.Combine(storeFolder, info.Path.BaseName));
            if (new FileInfo(source).LinkTarget is not null)
            {
                FileTree.Copy(source, place, TreeWriterOptions.Canonical, cancellationToken);
                report = report with { Symlinks = report.Symlinks + 1 };
                continue;
            }

            if (Directory.Exists(source))
            {
                Directory.CreateDirectory(place);
            }
            else if (File.Exists(source))
            {
                File.WriteAllBytes(place, []);
            }
            else
            {
                throw FileErrors.Reading(source, Native.Errno.NotFound);
            }

            report = report with { BoundPaths = report.BoundPaths + 1 };
        }

        return report;
    }
}
