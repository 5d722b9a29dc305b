namespace NixSharp.Derivations;

/// <summary>What a derivation needs of another one.</summary>
public sealed record DerivationInput
{
    /// <summary>The names of the outputs that are needed, in byte order.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Of derivations that are themselves outputs of the other one, by output name: what is needed of those.</summary>
    public IReadOnlyDictionary<string, DerivationInput> DynamicOutputs { get; init; } = new Dictionary<string, DerivationInput>();
}
