namespace NixSharp.Derivations;

/// <summary>Which outputs of a derivation are meant: all of them, or some by name.</summary>
public sealed partial record OutputsSpec
{
    private OutputsSpec(IReadOnlyList<string> names)
    {
        Names = names;
    }

    /// <summary>Every output: <c>*</c>.</summary>
    public static OutputsSpec All { get; } = new([]);

    /// <summary>The names, in byte order and each once; empty means all.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether every output is meant.</summary>
    public bool IsAll => Names.Count == 0;

    /// <summary>Some outputs.</summary>
    /// <exception cref="ArgumentException">No name is given.</exception>
    public static OutputsSpec Of(params IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Count > 0
            ? new OutputsSpec([.. names.Distinct(StringComparer.Ordinal).Order(ByteText.Comparer)])
            : throw new ArgumentException("At least one output has to be named.", nameof(names));
    }

    /// <summary>Whether an output is meant.</summary>
    public bool Contains(string name) => IsAll || Names.Contains(name);

    /// <inheritdoc/>
    public bool Equals(OutputsSpec? other) => other is not null && Names.SequenceEqual(other.Names, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(string.Join(',', Names), StringComparison.Ordinal);

    /// <summary><c>*</c>, or the names with commas between them.</summary>
    public override string ToString() => IsAll ? "*" : string.Join(',', Names);
}
