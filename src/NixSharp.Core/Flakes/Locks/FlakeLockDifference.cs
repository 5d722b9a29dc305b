namespace NixSharp.Flakes.Locks;

/// <summary>What became of a flake's inputs between two lock files.</summary>
public sealed class FlakeLockDifference
{
    private FlakeLockDifference(IReadOnlyList<FlakeLockChange> changes) => Changes = changes;

    /// <summary>The inputs that are not what they were, in the order of their paths.</summary>
    public IReadOnlyList<FlakeLockChange> Changes { get; }

    /// <summary>Compares two lock files, input by input.</summary>
    public static FlakeLockDifference Between(FlakeLock old, FlakeLock @new)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        var (before, after) = (List(old), List(@new));
        return new FlakeLockDifference(
        [
            .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
                .Select(path => new FlakeLockChange(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path)))
                .Where(static change => change.Old is null || change.New is null || !change.Old.IsSame(change.New)),
        ]);
    }

    /// <summary>A line for each change.</summary>
    public override string ToString() => string.Join('\n', Changes);

    private static Dictionary<string, FlakeLockState> List(FlakeLock @lock) =>
        @lock.ListInputs().ToDictionary(static pair => pair.Key, pair => new FlakeLockState(pair.Value, pair.Value.Node is { } node ? @lock.Nodes[node] : null));
}
