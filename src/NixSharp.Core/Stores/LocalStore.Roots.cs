using System.Text;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    public Task AddTemporaryRootAsync(StorePath path, CancellationToken cancellationToken = default) =>
        RunAsync(
            async () =>
            {
                RefuseIfReadOnly();
                await OpenTemporaryRoots().AddAsync(path, cancellationToken).ConfigureAwait(false);
                return path;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GcRoot>> FindRootsAsync(CancellationToken cancellationToken = default) =>
        RunAsync(() => Task.FromResult(new GcRootFinder(Layout).Find(cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public Task AddRootAsync(string link, StorePath path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(link);
        return RunAsync(
            async () =>
            {
                RefuseIfReadOnly();
                await OpenTemporaryRoots().AddAsync(path, cancellationToken).ConfigureAwait(false);
                RefuseIfNotValid(path);
                var full = Path.GetFullPath(link);
                GcRootLink.Write(full, path);
                if (!full.StartsWith(Layout.GcRoots + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    var auto = Path.Combine(Layout.GcRoots, "auto");
                    Directory.CreateDirectory(auto);
                    var name = NixHash.Compute(NixHashAlgorithm.Sha1, Encoding.UTF8.GetBytes(full)).ToDigestString(HashFormat.Nix32);
                    AtomicFile.WriteSymlink(Path.Combine(auto, name), full);
                }

                return path;
            },
            cancellationToken);
    }

    /// <summary>Deletes a path that no root and no other valid path needs.</summary>
    public Task DeleteAsync(StorePath path, CancellationToken cancellationToken = default) =>
        RunAsync(() => DeletePathAsync(path, cancellationToken), cancellationToken);

    private async Task<StorePath> DeletePathAsync(StorePath path, CancellationToken cancellationToken)
    {
        RefuseIfReadOnly();
        RefuseIfNotValid(path);

        using var collector = await CollectorLock.AcquireAsync(Layout, cancellationToken).ConfigureAwait(false);

        // This store's own temporary root must not keep the path that it is asked to delete.
        var temporary = OpenTemporaryRoots();
        var held = temporary.LetGo(path);
        try
        {
            return await DeleteUnlessUsedAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (held)
            {
                temporary.Hold(path);
            }

            throw;
        }
    }

    private async Task<StorePath> DeleteUnlessUsedAsync(StorePath path, CancellationToken cancellationToken)
    {
        var roots = new GcRootFinder(Layout).Find(cancellationToken);
        if (roots.Where(root => root.Path == path).Select(static root => root.Source).FirstOrDefault() is { } source)
        {
            throw new NixStoreException(NixErrorCodes.PathInUse, $"{path} was not deleted: {source} keeps it. Remove that root first.");
        }

        var held = await LockAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            var referrers = _database.QueryReferrers(path).Where(referrer => referrer != path).ToList();
            if (referrers.Count > 0)
            {
                var others = referrers.Count > 1 ? $" and {referrers.Count - 1} more" : "";
                throw new NixStoreException(NixErrorCodes.PathInUse, $"{path} was not deleted: {referrers[0]}{others} refer to it. Delete those first.");
            }

            _database.Invalidate(path);
            FileTree.Delete(GetRealPath(path), CancellationToken.None);
            return path;
        }
        finally
        {
            held.DeleteAndDispose();
        }
    }

    /// <summary>Runs off the caller's thread, and gives what the file system says a code.</summary>
    private Task<T> RunAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new NixStoreException(
                    NixErrorCodes.StoreWriteFailed,
                    $"The store in {Layout.Root ?? "/"} could not be changed: {error.Message} Check its owner, its mode and the space on its disk.",
                    error);
            }
        },
        cancellationToken);

    private void RefuseIfNotValid(StorePath path)
    {
        if (!_database.IsValid(path))
        {
            throw new NixStoreException(NixErrorCodes.PathNotValid, $"{path} is not valid in the store in {Layout.Root ?? "/"}. Check the path, and that this is the store that it is in.");
        }
    }
}
