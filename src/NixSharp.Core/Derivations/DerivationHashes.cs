using System.Collections.Concurrent;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// Hashes derivations modulo fixed outputs, from which the paths of input-addressed outputs follow. Each derivation is
/// read and hashed once and remembered by its path, which its contents determine. Safe for use by several threads.
/// </summary>
public sealed class DerivationHashes
{
    private static readonly HashSet<string> OnlyOut = ["out"];

    private readonly ConcurrentDictionary<StorePath, DerivationHash> _known = new();
    private readonly Func<StorePath, Derivation?> _find;

    /// <summary>Knows only what <see cref="Add"/> is given.</summary>
    public DerivationHashes()
        : this(static _ => null)
    {
    }

    /// <summary>Looks derivations up in <paramref name="derivations"/>.</summary>
    public DerivationHashes(IReadOnlyDictionary<StorePath, Derivation> derivations)
        : this(path => derivations.GetValueOrDefault(path))
    {
        ArgumentNullException.ThrowIfNull(derivations);
    }

    /// <summary>Asks <paramref name="find"/> for derivations; null means that there is none.</summary>
    public DerivationHashes(Func<StorePath, Derivation?> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        _find = find;
    }

    /// <summary>Remembers a derivation, so that others that need it can be hashed.</summary>
    /// <returns>The derivation's store path.</returns>
    public StorePath Add(Derivation derivation)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        var path = derivation.ComputePath();
        if (!_known.ContainsKey(path))
        {
            HashInputs(derivation);
            _known.TryAdd(path, Hash(derivation, mask: false));
        }

        return path;
    }

    /// <summary>What stands for a derivation where it is needed.</summary>
    /// <exception cref="NixFormatException">It, or one that it needs, is missing, inconsistent, or needs itself.</exception>
    public DerivationHash OfInput(StorePath path)
    {
        HashAll([path]);
        return _known[path];
    }

    /// <summary>
    /// What a derivation's own output paths follow from: its hash with those paths left empty. Also names its
    /// outputs in realisations.
    /// </summary>
    /// <exception cref="NixFormatException">A derivation that it needs is missing, inconsistent, or needs itself.</exception>
    public DerivationHash OfOutputs(Derivation derivation)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        HashInputs(derivation);
        return Hash(derivation, mask: true);
    }

    /// <summary>What stands for a derivation where others will need it.</summary>
    internal DerivationHash OfNeeded(Derivation derivation)
    {
        HashInputs(derivation);
        return Hash(derivation, mask: false);
    }

    /// <summary>Takes a hash that is known already.</summary>
    internal void Remember(StorePath path, DerivationHash hash) => _known.TryAdd(path, hash);

    private void HashInputs(Derivation derivation)
    {
        if (derivation.Kind != DerivationKind.Fixed)
        {
            HashAll(derivation.InputDerivations.Keys);
        }
    }

    /// <summary>Depth first with a stack of its own, because chains of derivations are longer than a thread's stack.</summary>
    private void HashAll(IEnumerable<StorePath> paths)
    {
        var open = new Stack<(StorePath Path, Derivation Derivation, IEnumerator<StorePath> Inputs)>();
        var onStack = new HashSet<StorePath>();
        foreach (var root in paths)
        {
            Enter(root, null);
            while (open.TryPeek(out var top))
            {
                if (top.Inputs.MoveNext())
                {
                    Enter(top.Inputs.Current, top.Path);
                    continue;
                }

                open.Pop();
                onStack.Remove(top.Path);
                _known.TryAdd(top.Path, Hash(top.Derivation, mask: false));
            }
        }

        void Enter(StorePath path, StorePath? neededBy)
        {
            if (_known.ContainsKey(path))
            {
                return;
            }

            var derivation = _find(path) ?? throw Missing(path, neededBy);
            if (!onStack.Add(path))
            {
                throw derivation.Inconsistent("it needs itself");
            }

            IEnumerable<StorePath> inputs = derivation.Kind == DerivationKind.Fixed ? [] : derivation.InputDerivations.Keys;
            open.Push((path, derivation, inputs.GetEnumerator()));
        }
    }

    /// <summary>Hashes a derivation all of whose inputs are known.</summary>
    private DerivationHash Hash(Derivation derivation, bool mask)
    {
        var kind = derivation.Kind;
        var outputs = derivation.Outputs.Count == 1 && derivation.Outputs.ContainsKey("out") ? OnlyOut : derivation.Outputs.Keys.ToHashSet(StringComparer.Ordinal);
        if (kind == DerivationKind.Fixed)
        {
            var (path, algorithm, hash) = OutputFields.Of(derivation.Name, "out", derivation.Outputs["out"], derivation.StoreDirectory);
            return new DerivationHash(kind, AtermWriter.Hash($"fixed:out:{algorithm}:{hash}:{path}", static (writer, text) => writer.Text(text)), outputs, IsDeferred: false);
        }

        var deferred = kind is DerivationKind.Floating or DerivationKind.Impure;
        var inputs = new List<(NixHash Hash, IReadOnlyList<string> Outputs)>(derivation.InputDerivations.Count);
        foreach (var (path, input) in derivation.InputDerivations)
        {
            var known = _known[path];
            deferred |= known.IsDeferred || input.DynamicOutputs.Count > 0;
            foreach (var output in input.Outputs)
            {
                if (!known.Outputs.Contains(output))
                {
                    throw new NixFormatException(
                        NixErrorCodes.DerivationInputMissing,
                        $"The derivation '{derivation.Name}' needs the output '{output}' of {path}, which has only {string.Join(", ", known.Outputs)}. Name one of those.");
                }
            }

            inputs.Add((known.Value, input.Outputs));
        }

        var value = AtermWriter.Hash((derivation, mask, Inputs: Merge(inputs)), static (writer, what) => new DerivationWriter(writer, what.derivation).Write(what.mask, what.Inputs));
        return new DerivationHash(kind, value, outputs, deferred);
    }

    /// <summary>Sorts inputs by hash. Those that are the same modulo fixed outputs count once, with the outputs of all of them.</summary>
    private static List<(NixHash Hash, IReadOnlyList<string> Outputs)> Merge(List<(NixHash Hash, IReadOnlyList<string> Outputs)> inputs)
    {
        inputs.Sort(static (left, right) => left.Hash.Digest.SequenceCompareTo(right.Hash.Digest));
        for (var i = inputs.Count - 1; i > 0; i--)
        {
            if (inputs[i].Hash == inputs[i - 1].Hash)
            {
                inputs[i - 1] = (inputs[i].Hash, [.. inputs[i - 1].Outputs.Union(inputs[i].Outputs, StringComparer.Ordinal)]);
                inputs.RemoveAt(i);
            }
        }

        return inputs;
    }

    internal static NixFormatException Missing(StorePath path, StorePath? neededBy) => new(
        NixErrorCodes.DerivationInputMissing,
        $"The derivation {path}{(neededBy is { } other ? $", which {other} needs," : "")} is missing. Add it first, or read it from a store that has it.");
}
