using NixSharp.StorePaths;
using NixSharp.Stores.Garbage;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0 };

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
                    Remember(full);
                }

                return path;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="NixStoreException">Something keeps the path: the message names the root, process or referrer.</exception>
    public Task DeleteAsync(StorePath path, CancellationToken cancellationToken = default) =>
        RunAsync(() => DeletePathAsync(path, cancellationToken), cancellationToken);

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
