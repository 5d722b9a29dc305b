using NixSharp.Derivations;

namespace NixSharp.Stores;

/// <summary>A store that knows what content-addressed outputs became.</summary>
public interface IRealisationStore
{
    /// <summary>What an output became, or null where that is not known.</summary>
    Task<Realisation?> QueryRealisationAsync(DerivationOutputId id, CancellationToken cancellationToken = default);

    /// <summary>Remembers what an output became; its path must be valid.</summary>
    Task AddRealisationAsync(Realisation realisation, CancellationToken cancellationToken = default);
}
