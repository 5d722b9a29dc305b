using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores.Garbage;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    private readonly Lock _rootsGate = new();
    private TemporaryRoots? _temporaryRoots;

    /// <summary>Has a path's files written beside their place, and makes the path valid.</summary>
    /// <param name="path">The path.</param>
    /// <param name="write">Writes the files to the place that it is given, and tells what they are.</param>
    /// <param name="replace">Whether files that are there are replaced even though the path is valid.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    private async Task<StorePath> AddPathAsync(StorePath path, Func<string, PathInfo> write, bool replace, CancellationToken cancellationToken)
    {
        if (!replace && IsPresent(path) && IsReadOnly)
        {
            return path;
        }

        RefuseIfReadOnly();
        var roots = OpenTemporaryRoots();
        await roots.AddAsync(path, cancellationToken).ConfigureAwait(false);
        if (!replace && IsPresent(path))
        {
            return path;
        }

        var held = await LockAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            if (replace || !IsPresent(path))
            {
                await WriteAsync().ConfigureAwait(false);
            }

            return path;
        }
        finally
        {
            held.DeleteAndDispose();
        }

        async Task WriteAsync()
        {
            var staging = NewStagingPath();
            var stagingPath = GetRealPath(staging);
            await roots.AddAsync(staging, cancellationToken).ConfigureAwait(false);
            try
            {
                var info = write(stagingPath);
                cancellationToken.ThrowIfCancellationRequested();
                Publish([new StagedPath(info, stagingPath)]);
            }
            finally
            {
                FileTree.Delete(stagingPath, CancellationToken.None);
            }
        }
    }

    /// <summary>
    /// Moves paths whose files are written beside their place there, and makes them valid, all or none. The caller holds
    /// the lock of each.
    /// </summary>
    private void Publish(IReadOnlyCollection<StagedPath> staged)
    {
        if (_options.SyncBeforeRegistering)
        {
            FileTree.Sync(staged.First().Files);
        }

        var moved = new List<StorePath>(staged.Count);
        try
        {
            foreach (var (info, files) in staged)
            {
                // What is there without being valid was left by a process that was killed; what is valid is to be replaced.
                FileTree.Exchange(files, GetRealPath(info.Path));
                moved.Add(info.Path);
            }

            AtomicFile.SyncFolder(Layout.RealStore);
            var outputs = moved.Where(static path => path.IsDerivation).ToDictionary(static path => path, CheckDerivation);
            _database.Register([.. staged.Select(static path => path.Info)], path => outputs[path]);
        }
        catch
        {
            // A commit that seemed to fail may have made the paths valid all the same.
            foreach (var path in moved.Where(path => !_database.IsValid(path)))
            {
                FileTree.Delete(GetRealPath(path), CancellationToken.None);
            }

            throw;
        }
    }

    private Task<FileLock> LockAsync(StorePath path, CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(GetRealPath(path) + ".lock", FileLockMode.Exclusive, cancellationToken: cancellationToken);

    /// <summary>Whether a path is valid and its files are there.</summary>
    private bool IsPresent(StorePath path) => _database.IsValid(path) && FileTree.Exists(GetRealPath(path));

    private TemporaryRoots OpenTemporaryRoots()
    {
        lock (_rootsGate)
        {
            return _temporaryRoots ??= TemporaryRoots.Open(Layout);
        }
    }

    private void RefuseIfReadOnly()
    {
        if (IsReadOnly)
        {
            throw new NixStoreException(
                NixErrorCodes.StoreWriteFailed,
                $"The store in {Layout.Root ?? "/"} can only be read by this user. Use another store, or become its owner.");
        }
    }
}
