using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>What the outputs of one derivation are, or have become.</summary>
internal sealed class Realisations(BuildSession session, StorePath path, Derivation derivation)
{
    private readonly Lazy<DerivationHash> _hash = new(() => session.Store.KnownDerivationHashes.OfOutputs(derivation));

    /// <summary>Whether the store remembers what outputs became; impure ones become something else each time.</summary>
    private bool AreKept => derivation.Kind is DerivationKind.Floating or DerivationKind.Deferred;

    /// <summary>How an output is named in realisations.</summary>
    public DerivationOutputId IdOf(string output) => _hash.Value.IdOf(output);

    /// <summary>The paths of outputs, valid or not; without those that are not known.</summary>
    public async Task<IReadOnlyDictionary<string, StorePath>> FindAsync(IEnumerable<string> names)
    {
        var found = new Dictionary<string, StorePath>();
        foreach (var name in names)
        {
            if ((derivation.GetOutputPath(name) ?? session.FindRealised(path, name)) is { } known)
            {
                found[name] = known;
            }
            else if (AreKept && await FindAsync(IdOf(name)).ConfigureAwait(false) is { } realisation)
            {
                found[name] = realisation.OutputPath;
            }
        }

        return found;
    }

    private async Task<Realisation?> FindAsync(DerivationOutputId id)
    {
        var substituters = session.Options.UseSubstitutes ? session.Options.Substituters : [];
        foreach (var store in substituters.OfType<IRealisationStore>().Prepend(session.Store))
        {
            if (await store.QueryRealisationAsync(id, session.Stopping).ConfigureAwait(false) is { } known)
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>Has the store remember what outputs became; they are there, whatever else is to stop.</summary>
    public async Task AddAsync(IReadOnlyDictionary<string, StorePath> outputs)
    {
        foreach (var (name, output) in AreKept ? outputs : new Dictionary<string, StorePath>())
        {
            await session.Store.AddRealisationAsync(new Realisation { Id = IdOf(name), OutputPath = output }, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
