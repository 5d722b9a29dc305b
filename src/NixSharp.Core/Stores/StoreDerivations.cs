using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Puts derivations into stores, and reads them from there.</summary>
public static class StoreDerivations
{
    /// <summary>Reads a derivation.</summary>
    /// <exception cref="NixFormatException">The path is no derivation, or is not in the store.</exception>
    public static async Task<Derivation> ReadDerivationAsync(this INixStore store, StorePath path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await DerivationLoader.TryReadAsync(store, path, cancellationToken).ConfigureAwait(false) ?? throw DerivationHashes.Missing(path, null);
    }

    /// <summary>Reads derivations and all that they need, several at once and each once.</summary>
    /// <exception cref="NixFormatException">A path is no derivation, or is not in the store.</exception>
    public static async Task<DerivationGraph> LoadDerivationsAsync(this INixStore store, IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(roots);
        var loaded = await new DerivationLoader(store).LoadAsync(roots, cancellationToken).ConfigureAwait(false);
        return new DerivationGraph(loaded, roots);
    }

    /// <summary>Adds a derivation, of which all that it refers to must be valid, and gives its store path.</summary>
    /// <exception cref="NixFormatException">Its output paths are not those that follow from it.</exception>
    public static async Task<StorePath> AddDerivationAsync(this INixStore store, Derivation derivation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(derivation);
        return await store.AddTextAsync(
            $"{derivation.Name}{Derivation.FileExtension}",
            ByteText.FromBytes(derivation.ToAterm()),
            derivation.GetReferences(),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds a derivation, and before it those that it needs and the store has not.</summary>
    /// <returns>The derivation's store path.</returns>
    /// <exception cref="NixException">A source that one of them needs is not in the store, or the store cannot be written.</exception>
    public static async Task<StorePath> AddToAsync(this StoreDerivation derivation, INixStore store, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        ArgumentNullException.ThrowIfNull(store);
        if (await store.QueryPathInfoAsync(derivation.Path, cancellationToken).ConfigureAwait(false) is not null)
        {
            return derivation.Path;
        }

        var closure = derivation.GetClosure();
        var valid = await store.QueryPathInfosAsync([.. closure.Select(static item => item.Path)], cancellationToken).ConfigureAwait(false);
        foreach (var item in closure.Where(item => !valid.ContainsKey(item.Path)))
        {
            await store.AddDerivationAsync(item.Derivation, cancellationToken).ConfigureAwait(false);
        }

        return derivation.Path;
    }
}
