namespace NixSharp.Derivations;

/// <summary>What a derivation needs of another one.</summary>
public sealed record DerivationInput
{
    /// <summary>The names of the outputs that are needed, in byte order.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Of derivations that are themselves outputs of the other one, by output name: what is needed of those.</summary>
    public IReadOnlyDictionary<string, DerivationInput> DynamicOutputs { get; init; } = new Dictionary<string, DerivationInput>();

    /// <inheritdoc/>
    public bool Equals(DerivationInput? other) =>
        other is not null
        && Outputs.SequenceEqual(other.Outputs, StringComparer.Ordinal)
        && DynamicOutputs.Count == other.DynamicOutputs.Count
        && DynamicOutputs.All(pair => other.DynamicOutputs.TryGetValue(pair.Key, out var needed) && pair.Value.Equals(needed));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(string.Join(',', Outputs), DynamicOutputs.Count);
}
