using System.Globalization;

namespace NixSharp.Flakes.Locks;

/// <summary>What became of one input between two lock files.</summary>
/// <param name="Path">The input, as names from the root with slashes between them.</param>
/// <param name="Old">What it was; null for a new one.</param>
/// <param name="New">What it is; null for one that is gone.</param>
public sealed record FlakeLockChange(string Path, FlakeLockState? Old, FlakeLockState? New)
{
    private const int ShortCommit = 7;

    /// <summary>
    /// The change in words: <c>nixpkgs 2026-10-01 -> 2026-11-02 (1a2b3c4 -> 5d6e7f8)</c>, and what is asked for where that is
    /// another thing too.
    /// </summary>
    public override string ToString() => (Old, New) switch
    {
        (null, { } added) => $"added {Path}: {Describe(added)}",
        ({ } removed, null) => $"removed {Path}: {Describe(removed)}",
        ({ Node: { } before }, { Node: { } after }) => $"{Path} {Compare(before, after)}",
        _ => $"{Path}: {Describe(Old!)} -> {Describe(New!)}",
    };

    private static string Describe(FlakeLockState state) =>
        state.Node is { } node ? $"{node.Original} ({Date(node)}{Commit(node) switch { "" => "", var commit => ", " + commit }})" : state.Input.ToString();

    private static string Compare(FlakeLockNode old, FlakeLockNode @new)
    {
        var parts = new List<string>();
        var commits = Commit(old) == Commit(@new) ? "" : $" ({Commit(old)} -> {Commit(@new)})";
        if (Date(old) != Date(@new) || commits.Length > 0)
        {
            parts.Add($"{Date(old)} -> {Date(@new)}{commits}");
        }

        if (old.Original != @new.Original)
        {
            parts.Add($"asked for as {@new.Original}, was {old.Original}");
        }

        if (old.IsFlake != @new.IsFlake)
        {
            parts.Add(@new.IsFlake ? "taken as a flake now" : "taken as plain files now");
        }

        return parts.Count == 0 ? $"is locked to other files ({old.Locked?.NarHash} -> {@new.Locked?.NarHash})" : string.Join(", ", parts);
    }

    private static string Date(FlakeLockNode node) => node.Locked?.LastModified?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "no date";

    private static string Commit(FlakeLockNode node) => node.Locked?.Revision?[..ShortCommit] ?? "";
}
