using NixSharp.Files;
using NixSharp.Native;
using NixSharp.Stores.Optimising;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    // So many paths are gone through before a waiting collector gets its turn.
    private const int PathsAtOnce = 512;

    /// <inheritdoc/>
    /// <remarks>Files that were linked before are not read again. Elsewhere than on Linux nothing is done.</remarks>
    /// <exception cref="NixStoreException">The store can only be read.</exception>
    public Task<OptimiseResult> OptimiseAsync(IProgress<NixProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RunAsync(
            async () =>
            {
                RefuseIfReadOnly();
                if (!LibC.IsAvailable)
                {
                    return new OptimiseResult(0, 0);
                }

                var optimisation = new StoreOptimisation(Layout, progress);
                var paths = _database.List();
                foreach (var chunk in paths.Chunk(PathsAtOnce))
                {
                    using var collector = await FileLock.AcquireAsync(Layout.GcLock, FileLockMode.Shared, cancellationToken: cancellationToken).ConfigureAwait(false);
                    optimisation.Run([.. chunk.Where(_database.IsValid)], paths.Count, cancellationToken);
                }

                return optimisation.Result;
            },
            cancellationToken);
}
