using System.Text;

namespace NixSharp.GitOps.NuGet;

/// <summary>What became of a <c>deps.json</c>.</summary>
public sealed record NuGetLockDifference
{
    // A list longer than this is read by nobody, least of all in the log of a build.
    private const int MaxNamed = 20;

    private NuGetLockDifference()
    {
    }

    /// <summary>Packages that are new.</summary>
    public IReadOnlyList<NuGetLockEntry> Added { get; private init; } = [];

    /// <summary>Packages that are gone.</summary>
    public IReadOnlyList<NuGetLockEntry> Removed { get; private init; } = [];

    /// <summary>Packages of another version, hash or address. Where a name has several versions, they count as added and removed.</summary>
    public IReadOnlyList<NuGetLockChange> Changed { get; private init; } = [];

    /// <summary>Whether both list the same.</summary>
    public bool IsEmpty => Added.Count + Removed.Count + Changed.Count == 0;

    /// <summary>Compares two locks.</summary>
    public static NuGetLockDifference Between(NuGetLock old, NuGetLock @new)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        var before = old.Entries.ToDictionary(static entry => entry.Key);
        var after = @new.Entries.ToDictionary(static entry => entry.Key);
        var added = @new.Entries.Where(entry => !before.ContainsKey(entry.Key)).ToList();
        var removed = old.Entries.Where(entry => !after.ContainsKey(entry.Key)).ToList();
        List<NuGetLockChange> changed =
        [
            .. @new.Entries
                .Where(entry => before.TryGetValue(entry.Key, out var other) && other != entry)
                .Select(entry => new NuGetLockChange(before[entry.Key], entry)),
        ];
        var gone = removed.ToLookup(static entry => entry.Key.Name);
        foreach (var group in added.GroupBy(static entry => entry.Key.Name).ToList())
        {
            if (group.Count() == 1 && gone[group.Key].Count() == 1)
            {
                changed.Add(new NuGetLockChange(gone[group.Key].Single(), group.Single()));
                removed.RemoveAll(entry => entry.Key.Name == group.Key);
                added.RemoveAll(entry => entry.Key.Name == group.Key);
            }
        }

        changed.Sort(static (left, right) => NuGetLockEntry.Compare(left.New, right.New));
        return new NuGetLockDifference { Added = added, Removed = removed, Changed = changed };
    }

    /// <summary>Does nothing where both list the same, and else fails.</summary>
    /// <param name="file">The file that is out of date.</param>
    /// <param name="command">The command that brings it up to date.</param>
    /// <exception cref="GitOpsException">Something was added, removed or changed.</exception>
    public void ThrowIfAny(string file, string command)
    {
        if (!IsEmpty)
        {
            throw new GitOpsException(
                NixErrorCodes.PackageLockOutdated,
                $"{file} does not list the packages that are restored: {this}. Write it again with: {command}",
                file);
        }
    }

    /// <summary>The differences in words: <c>added: A 1.0; changed: B 1.0 -> 1.1</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, "added", Added);
        Append(text, "removed", Removed);
        Append(text, "changed", Changed);
        return text.Length == 0 ? "no differences" : text.ToString();
    }

    private static void Append<T>(StringBuilder text, string what, IReadOnlyList<T> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        text.Append(text.Length == 0 ? "" : "; ").Append(what).Append(": ").AppendJoin(", ", items.Take(MaxNamed));
        if (items.Count > MaxNamed)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $" and {items.Count - MaxNamed} more");
        }
    }
}
