using NixSharp.Derivations;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    public Task<Realisation?> QueryRealisationAsync(DerivationOutputId id, CancellationToken cancellationToken = default) =>
        Task.Run(() => _database.QueryRealisation(id), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="NixStoreException">The path is not valid, the output became another path before, or the store can only be read.</exception>
    public Task AddRealisationAsync(Realisation realisation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(realisation);
        return RunAsync(
            () =>
            {
                RefuseIfReadOnly();
                _database.AddRealisation(realisation);
                return Task.FromResult(realisation);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="NixFormatException">What is no signature is among them.</exception>
    /// <exception cref="NixStoreException">The path is not valid, or the store can only be read.</exception>
    public Task AddSignaturesAsync(StorePath path, IReadOnlyCollection<string> signatures, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        foreach (var signature in signatures)
        {
            _ = Signature.Parse(signature);
        }

        return RunAsync(
            () =>
            {
                RefuseIfReadOnly();
                if (!_database.AddSignatures(path, signatures))
                {
                    RefuseIfNotValid(path);
                }

                return Task.FromResult(path);
            },
            cancellationToken);
    }
}
