using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Some derivations and all derivations that they need, directly or not.</summary>
public sealed partial class DerivationGraph
{
    private readonly IReadOnlyDictionary<StorePath, Derivation> _derivations;
    private readonly Lazy<IReadOnlyDictionary<StorePath, StoreDerivation>> _described;
    private readonly DerivationHashes _hashes;

    /// <summary>Takes derivations by their store paths.</summary>
    /// <param name="derivations">The derivations; may hold more than are needed.</param>
    /// <param name="roots">Those that the graph starts from; all unless given.</param>
    /// <exception cref="NixFormatException">A derivation that is needed is missing, or one needs itself.</exception>
    public DerivationGraph(IReadOnlyDictionary<StorePath, Derivation> derivations, IReadOnlyCollection<StorePath>? roots = null)
    {
        ArgumentNullException.ThrowIfNull(derivations);
        _derivations = derivations;
        _hashes = new DerivationHashes(derivations);
        _described = new(DescribeAll);
        Roots = [.. (roots ?? [.. derivations.Keys]).Distinct().Order()];
        Paths = Sort();
    }

    /// <summary>The derivations that the graph starts from, sorted.</summary>
    public IReadOnlyList<StorePath> Roots { get; }

    /// <summary>Every derivation, what is needed before what needs it; the same order on every machine.</summary>
    public IReadOnlyList<StorePath> Paths { get; }

    /// <summary>A derivation of the graph.</summary>
    /// <exception cref="KeyNotFoundException">It is not in the graph.</exception>
    public Derivation this[StorePath path] => _derivations[path];

    /// <summary>
    /// Computes all output paths and all store paths of derivations anew, on all processors, each derivation hashed once,
    /// and refuses what differs.
    /// </summary>
    /// <exception cref="NixFormatException">
    /// <see cref="NixErrorCodes.DerivationOutputMismatch"/>: a path is not the one that follows; the message names it.
    /// </exception>
    public void Check(CancellationToken cancellationToken = default)
    {
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        foreach (var level in GetLevels())
        {
            if (level is [var only])
            {
                cancellationToken.ThrowIfCancellationRequested();
                Check(only);
                continue;
            }

            try
            {
                Parallel.ForEach(level, options, Check);
            }
            catch (AggregateException error) when (error.InnerException is NixFormatException inner)
            {
                throw new NixFormatException(inner.Code, inner.Message, innerException: inner);
            }
        }
    }

    /// <summary>A derivation with what stands for it, so that <see cref="DerivationBuilder"/> can need it.</summary>
    /// <exception cref="KeyNotFoundException">It is not in the graph.</exception>
    /// <exception cref="NixFormatException">A derivation of the graph cannot be hashed.</exception>
    public StoreDerivation Describe(StorePath path) => _described.Value[path];

    private void Check(StorePath path)
    {
        var derivation = _derivations[path];
        _hashes.OfInput(path);
        DerivationOutputs.Check(derivation, _hashes);
        if (derivation.ComputePath() is var computed && computed != path)
        {
            throw new NixFormatException(
                NixErrorCodes.DerivationOutputMismatch,
                $"The derivation at {path} should be at {computed}, which follows from its contents. Get it again from where it came from.");
        }
    }

    private Dictionary<StorePath, StoreDerivation> DescribeAll()
    {
        var described = new Dictionary<StorePath, StoreDerivation>(Paths.Count);
        foreach (var path in Paths)
        {
            var derivation = _derivations[path];
            described.Add(path, new StoreDerivation(path, derivation, _hashes.OfInput(path), [.. derivation.InputDerivations.Keys.Select(input => described[input])]));
        }

        return described;
    }
}
