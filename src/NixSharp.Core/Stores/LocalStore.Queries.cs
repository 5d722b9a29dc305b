using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Native;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    public Task<PathInfo?> QueryPathInfoAsync(StorePath path, CancellationToken cancellationToken = default) =>
        Task.Run(() => _database.Query(path), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<StorePath, PathInfo>> QueryPathInfosAsync(IReadOnlyCollection<StorePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Task.Run<IReadOnlyDictionary<StorePath, PathInfo>>(() => _database.Query(paths), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<StorePath, PathInfo>> QueryClosureAsync(IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(roots);
        return Task.Run<IReadOnlyDictionary<StorePath, PathInfo>>(() => _database.QueryClosure(roots, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StorePath>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => _database.List(), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StorePath>> QueryReferrersAsync(StorePath path, CancellationToken cancellationToken = default) =>
        Task.Run(() => _database.QueryReferrers(path), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StorePath>> QueryValidDeriversAsync(StorePath path, CancellationToken cancellationToken = default) =>
        Task.Run(() => _database.QueryValidDerivers(path), cancellationToken);

    /// <inheritdoc/>
    public Task<StorePath?> QueryPathFromHashPartAsync(string hashPart, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hashPart);
        return hashPart.Length == StorePath.HashPartLength && Nix32.IsAlphabetOnly(hashPart)
            ? Task.Run(() => _database.FindByHashPart(hashPart), cancellationToken)
            : throw new NixFormatException(
                NixErrorCodes.InvalidStorePath,
                $"'{hashPart}' is not the hash part of a store path. Give the {StorePath.HashPartLength} characters before the name.");
    }

    /// <inheritdoc/>
    /// <exception cref="NixStoreException">The derivation is not valid, or its file cannot be read.</exception>
    public Task<IReadOnlyDictionary<string, StorePath?>> QueryDerivationOutputsAsync(StorePath derivation, CancellationToken cancellationToken = default) =>
        Task.Run<IReadOnlyDictionary<string, StorePath?>>(
            () =>
            {
                RefuseIfNotValid(derivation);
                return FindOutputs(derivation);
            },
            cancellationToken);

    private SortedDictionary<string, StorePath?> FindOutputs(StorePath derivation)
    {
        var outputs = new SortedDictionary<string, StorePath?>(StringComparer.Ordinal);
        foreach (var (name, path) in _database.QueryDerivationOutputs(derivation))
        {
            outputs[name] = path;
        }

        if (outputs.Count > 0)
        {
            return outputs;
        }

        // Only outputs whose paths follow from what is built are not in the database.
        var read = DerivationFile.TryRead(GetRealPath(derivation), derivation) ?? throw FileErrors.Reading(GetRealPath(derivation), Errno.NotFound);
        foreach (var name in read.Outputs.Keys)
        {
            outputs[name] = read.GetOutputPath(name) ?? _database.QueryRealisation(DerivationHashes.OfOutputs(read).IdOf(name))?.OutputPath;
        }

        return outputs;
    }

    /// <summary>The outputs of a derivation whose paths are in the database.</summary>
    internal IReadOnlyDictionary<string, StorePath> QueryKnownOutputs(StorePath derivation) => _database.QueryDerivationOutputs(derivation);
}
