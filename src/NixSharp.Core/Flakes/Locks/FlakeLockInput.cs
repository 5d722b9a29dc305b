namespace NixSharp.Flakes.Locks;

/// <summary>What an input of a node leads to: a node, or a path of inputs from the root, whose end it follows.</summary>
public sealed record FlakeLockInput
{
    private FlakeLockInput(string? node, IReadOnlyList<string>? follows) => (Node, Follows) = (node, follows);

    /// <summary>The node's name; null where it follows another input.</summary>
    public string? Node { get; }

    /// <summary>The inputs to go through from the root; empty for the root itself; null where it leads to a node.</summary>
    public IReadOnlyList<string>? Follows { get; }

    /// <summary>An input with a node of its own.</summary>
    public static FlakeLockInput ToNode(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        return new FlakeLockInput(node, null);
    }

    /// <summary>An input that is what another one is.</summary>
    public static FlakeLockInput Following(params IReadOnlyList<string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new FlakeLockInput(null, path);
    }

    /// <inheritdoc/>
    public bool Equals(FlakeLockInput? other) =>
        other is not null && Node == other.Node && (Follows ?? []).SequenceEqual(other.Follows ?? [], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Node, Follows is null ? "" : string.Join('/', Follows));

    /// <inheritdoc/>
    public override string ToString() => Node ?? (Follows!.Count == 0 ? "follows the flake itself" : $"follows {string.Join('/', Follows)}");
}
