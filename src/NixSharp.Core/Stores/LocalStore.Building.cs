using NixSharp.Building;
using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore : IBuildStore, IBuildLogStore
{
    internal StoreOptions Options => _options;

    /// <summary>What is known of hashed derivations; see <see cref="DerivationHashes"/>.</summary>
    internal DerivationHashes KnownDerivationHashes => DerivationHashes;

    /// <inheritdoc/>
    /// <exception cref="NixStoreException"><see cref="NixErrorCodes.SandboxUnavailable"/>: builders cannot be run on this machine.</exception>
    public Task<IReadOnlyList<BuildResult>> BuildAsync(IReadOnlyList<DerivedPath> paths, BuildOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return RunAsync(
            async () =>
            {
                RefuseIfReadOnly();
                using var session = new BuildSession(this, options ?? BuildOptions.Default, cancellationToken);
                return await session.BuildAsync(paths).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="NixStoreException"><see cref="NixErrorCodes.SandboxUnavailable"/>: builders cannot be run on this machine.</exception>
    public Task<BuildResult> BuildDerivationAsync(StorePath path, Derivation derivation, BuildOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        return RunAsync(
            async () =>
            {
                RefuseIfReadOnly();
                using var session = new BuildSession(this, options ?? BuildOptions.Default, cancellationToken);
                return await session.BuildAsync(path, derivation).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// As in Nix, a derivation that is not in the store is unknown, and so is all that it needs. A substituter that cannot be
    /// asked counts as one that has nothing.
    /// </remarks>
    public Task<MissingPaths> QueryMissingAsync(IReadOnlyList<DerivedPath> paths, BuildOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return RunAsync(() => new MissingQuery(this, options ?? BuildOptions.Default).RunAsync(paths, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenBuildLogAsync(StorePath derivation, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new BuildLogFolder(Layout.Logs).Open(derivation));
    }

    /// <inheritdoc/>
    public Task AddBuildLogAsync(StorePath derivation, Stream log, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        return RunAsync(
            async () =>
            {
                RefuseIfReadOnly();
                using var file = new BuildLogFolder(Layout.Logs).Create(derivation);
                await file.CopyFromAsync(log, cancellationToken).ConfigureAwait(false);
                file.Keep();
                return derivation;
            },
            cancellationToken);
    }

    /// <summary>Reads a derivation that is a valid path; null where it is not.</summary>
    internal Derivation? TryReadDerivation(StorePath path) => _database.IsValid(path) ? DerivationFile.TryRead(GetRealPath(path), path) : null;

    /// <summary>Whether a path is valid and its files are there.</summary>
    internal bool HasPath(StorePath path) => IsPresent(path);

    /// <summary>What is known of a path; null where it is not valid.</summary>
    internal PathInfo? Query(StorePath path) => _database.Query(path);

    /// <summary>Keeps paths from being collected until this store is closed.</summary>
    internal Task HoldAsync(IReadOnlyCollection<StorePath> paths, CancellationToken cancellationToken) => OpenTemporaryRoots().AddAsync(paths, cancellationToken);

    /// <summary>Makes paths valid whose files are in place, all or none.</summary>
    internal void RegisterBuilt(IReadOnlyCollection<PathInfo> infos) => _database.Register(infos);

    /// <summary>Takes Nix's lock on a path, or on what a path with an addition stands for.</summary>
    internal Task<FileLock> LockForBuildAsync(StorePath path, string addition, CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(GetRealPath(path) + addition + ".lock", FileLockMode.Exclusive, cancellationToken: cancellationToken);
}
