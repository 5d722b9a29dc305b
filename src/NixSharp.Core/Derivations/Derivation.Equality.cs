namespace NixSharp.Derivations;

public sealed partial record Derivation
{
    /// <summary>Whether the other derivation has the same name, store directory and ATerm.</summary>
    public bool Equals(Derivation? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Name == other.Name && StoreDirectory == other.StoreDirectory && ToAterm().AsSpan().SequenceEqual(other.ToAterm()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Builder, System, Environment.Count, Outputs.Count);
}
