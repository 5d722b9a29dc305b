namespace NixSharp.Flakes.Locks;

/// <summary>What an input is in one lock file.</summary>
/// <param name="Input">What it leads to.</param>
/// <param name="Node">The node, unless it follows another input.</param>
public sealed record FlakeLockState(FlakeLockInput Input, FlakeLockNode? Node)
{
    /// <summary>Whether two inputs are locked to the same thing, whatever their nodes are called.</summary>
    internal bool IsSame(FlakeLockState other) =>
        Node is null || other.Node is null
            ? Input == other.Input
            : Node.Locked == other.Node.Locked && Node.Original == other.Node.Original && Node.IsFlake == other.Node.IsFlake;
}
