using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Building;

/// <summary>One derivation that is about to be built: all that it needs is there.</summary>
/// <param name="Path">Its store path; for one that was resolved, that of the resolved one.</param>
/// <param name="Derivation">The derivation.</param>
/// <param name="Options">What its attributes ask for.</param>
/// <param name="Closure">All store paths that it may see.</param>
/// <param name="Graphs">The closures that it wants to be told of, by the name of the file or attribute.</param>
/// <param name="Scratch">Where the builder puts the outputs, by name: their own paths where these are known, others where they are not.</param>
internal sealed record BuildInputs(
    StorePath Path,
    Derivation Derivation,
    DerivationOptions Options,
    Closure Closure,
    IReadOnlyDictionary<string, Closure> Graphs,
    IReadOnlyDictionary<string, StorePath> Scratch)
{
    /// <summary>Whether the builder may use the network: what it makes is checked, or is not expected to be the same.</summary>
    public bool HasNetwork => Derivation.Kind is DerivationKind.Fixed or DerivationKind.Impure;

    /// <summary>A string in which the placeholders of the derivation's own outputs are replaced by where those are built.</summary>
    public string Rewrite(string text) => Scratch.Aggregate(
        text,
        static (current, output) => current.Replace(Placeholder.ForOutput(output.Key).ToString(), output.Value.ToString(), StringComparison.Ordinal));
}
