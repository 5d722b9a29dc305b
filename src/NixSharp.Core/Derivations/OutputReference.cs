using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>What an attribute such as <c>allowedReferences</c> names: a store path, an output of the derivation itself, or one of another derivation.</summary>
public abstract record OutputReference
{
    private OutputReference()
    {
    }

    /// <summary>A store path.</summary>
    /// <param name="Value">The path.</param>
    public sealed record Path(StorePath Value) : OutputReference;

    /// <summary>An output of the derivation itself. Whether there is one of that name shows only when the derivation is built.</summary>
    /// <param name="Output">Its name.</param>
    public sealed record Own(string Output) : OutputReference;

    /// <summary>An output of a derivation that is needed, whose path is not known yet.</summary>
    /// <param name="Derivation">The derivation.</param>
    /// <param name="Output">The output's name.</param>
    public sealed record Built(DerivedPath Derivation, string Output) : OutputReference;
}
