using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Moves outputs to their paths and makes those valid, or compares them with what is there.</summary>
internal sealed class OutputPlacer(BuildSession session, BuildMode mode)
{
    private LocalStore Store => session.Store;

    /// <param name="outputs">The outputs, what is referred to first.</param>
    /// <param name="locked">The paths whose locks the caller has.</param>
    /// <param name="folders">The folders of the build.</param>
    /// <returns>The outputs' paths, by name.</returns>
    public async Task<IReadOnlyDictionary<string, StorePath>> PlaceAsync(IReadOnlyList<BuiltOutput> outputs, IReadOnlyCollection<StorePath> locked, BuildFolders folders)
    {
        if (mode == BuildMode.Check)
        {
            Compare(outputs);
        }
        else
        {
            var locks = new List<FileLock>();
            try
            {
                foreach (var path in outputs.Select(static output => output.Info.Path).Distinct().Except(locked).Order())
                {
                    await Store.AddTemporaryRootAsync(path, session.Stopping).ConfigureAwait(false);
                    locks.Add(await Store.LockForBuildAsync(path, "", session.Stopping).ConfigureAwait(false));
                }

                Place([.. outputs.DistinctBy(static output => output.Info.Path).Where(output => mode == BuildMode.Repair || !Store.HasPath(output.Info.Path))], folders);
            }
            finally
            {
                foreach (var held in locks)
                {
                    held.DeleteAndDispose();
                }
            }
        }

        return outputs.ToDictionary(static output => output.Name, static output => output.Info.Path);
    }

    private void Place(List<BuiltOutput> outputs, BuildFolders folders)
    {
        if (outputs.Count == 0)
        {
            return;
        }

        if (Store.Options.SyncBeforeRegistering)
        {
            FileTree.Sync(folders.Sandbox);
        }

        var moved = new List<StorePath>();
        try
        {
            foreach (var output in outputs)
            {
                var place = Store.GetRealPath(output.Info.Path);
                if (FileTree.Exists(place))
                {
                    // Damaged, or left by a process that was killed before it was valid.
                    Move(place, Path.Combine(folders.Sandbox, $"{output.Name}.old"));
                }

                Move(output.Folder, place);
                moved.Add(output.Info.Path);
            }

            Store.RegisterBuilt([.. outputs.Select(static output => output.Info)]);
        }
        catch
        {
            // A commit that seemed to fail may have made the paths valid all the same.
            foreach (var path in moved.Where(path => Store.Query(path) is null))
            {
                FileTree.Delete(Store.GetRealPath(path), CancellationToken.None);
            }

            throw;
        }
    }

    private static void Move(string source, string target)
    {
        var isFolder = new DirectoryInfo(source) is { Exists: true, LinkTarget: null };
        if (isFolder)
        {
            LinuxTreeCanonicaliser.Unseal(source);
        }

        FileTree.Move(source, target);
        if (isFolder)
        {
            LinuxTreeCanonicaliser.Seal(target);
        }
    }

    private void Compare(IReadOnlyList<BuiltOutput> outputs)
    {
        foreach (var output in outputs)
        {
            // What is addressed by its contents has the same path or is not the same.
            if (Store.Query(output.Info.Path) is not { } before || before.NarHash != output.Info.NarHash)
            {
                var kept = "";
                if (session.Options.KeepFailed)
                {
                    var place = Store.GetRealPath(output.Info.Path) + ".check";
                    FileTree.Delete(place, CancellationToken.None);
                    Move(output.Folder, place);
                    kept = $" What came out now is in {place}.";
                }

                throw new BuildFailure(BuildStatus.NotDeterministic, $"built again, its output '{output.Name}' is not the same as {output.Info.Path}.{kept}");
            }
        }
    }
}
