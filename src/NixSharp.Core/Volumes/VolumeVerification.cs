using NixSharp.Files;
using NixSharp.Native;
using NixSharp.Stores;
using NixSharp.Stores.Database;

namespace NixSharp.Volumes;

/// <summary>Compares a volume with its own description and database.</summary>
/// <param name="volume">The volume's folder.</param>
/// <param name="bound">The store whose files are mounted in a bind view; null where it is not known.</param>
internal sealed class VolumeVerification(string volume, IFileSystemStore? bound)
{
    public VolumeVerifyResult Run(VolumeVerifyOptions options, CancellationToken cancellationToken)
    {
        var marker = VolumeMarker.Read(volume);
        var layout = new StoreLayout(volume, marker.Directory);
        using var database = StoreDatabase.OpenReadOnly(layout.Database, layout.Directory);
        var infos = database.Query(database.List()).Values.ToList();
        var problems = new List<StoreProblem>();
        if (infos.Count != marker.StorePaths)
        {
            problems.Add(new StoreProblem(null, $"the database of the volume at {volume} has {infos.Count} store paths, and it was made with {marker.StorePaths}"));
        }

        foreach (var root in marker.Roots)
        {
            if (infos.All(info => info.Path != root))
            {
                problems.Add(new StoreProblem(root, "the volume was made for it, and it is not in its database"));
            }
        }

        problems.AddRange(infos.Where(info => !FileTree.Exists(layout.RealPathOf(info.Path))).Select(info => new StoreProblem(info.Path, "it is not in the volume")));
        if (FilesOf(marker, layout) is { } files)
        {
            problems.AddRange(options.CheckContents
                ? new StoreVerification(files, database, new VerifyOptions { CheckContents = true, Progress = options.Progress }).Run(infos, cancellationToken)
                : CheckSizes(infos, files, options, cancellationToken));
        }

        return new VolumeVerifyResult(volume, infos.Count, [.. problems.DistinctBy(static problem => problem.Path)]);
    }

    /// <summary>Where the files of the volume's store paths are; null where that is not known.</summary>
    private StoreLayout? FilesOf(VolumeMarker marker, StoreLayout layout) => marker.Kind switch
    {
        VolumeKind.HardLinks => layout,
        _ when bound is null => null,
        _ => layout with { RealFolder = Path.GetDirectoryName(bound.GetRealPath(marker.Roots[0])) },
    };

    private static IEnumerable<StoreProblem> CheckSizes(List<PathInfo> infos, StoreLayout files, VolumeVerifyOptions options, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var info in infos)
        {
            if (WhyNotSized(info, files.RealPathOf(info.Path), cancellationToken) is { } why)
            {
                yield return new StoreProblem(info.Path, why);
            }

            options.Progress?.Report(new NixProgress("verifying", info.Path.ToString(), ++done, infos.Count, ProgressUnit.Items));
        }
    }

    private static string? WhyNotSized(PathInfo info, string path, CancellationToken cancellationToken)
    {
        if (!LibC.IsAvailable)
        {
            return null;
        }

        try
        {
            return NarSizeWalk.Measure(path, cancellationToken) is var size && size != info.NarSize
                ? $"its NAR would have {size} bytes, and the database says {info.NarSize}"
                : null;
        }
        catch (NixFileException error)
        {
            return $"its files cannot be read: {error.Message}";
        }
    }
}
