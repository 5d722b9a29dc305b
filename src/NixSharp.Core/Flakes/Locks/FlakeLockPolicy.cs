using System.Globalization;

namespace NixSharp.Flakes.Locks;

/// <summary>What a repository asks of its lock file.</summary>
public sealed record FlakeLockPolicy
{
    /// <summary>How old an input of the flake itself may be; null for any age. Inputs of inputs do not count: others update them.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether the same source may be locked more than once. Default true.</summary>
    public bool AllowDuplicates { get; init; } = true;

    /// <summary>What the age is measured from; null for now.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>What the lock file lacks, a sentence each; nothing where it is as it should be.</summary>
    public IReadOnlyList<string> FindProblems(FlakeLock @lock)
    {
        ArgumentNullException.ThrowIfNull(@lock);
        var problems = new List<string>();
        if (MaxAge is { } age)
        {
            var now = Now ?? DateTimeOffset.UtcNow;
            problems.AddRange(@lock.FindOlder(now - age)
                .Where(static input => !input.Path.Contains('/', StringComparison.Ordinal))
                .Select(input => string.Create(CultureInfo.InvariantCulture, $"{input.Path} is of {input.Locked.LastModified:yyyy-MM-dd}, {(now - input.Locked.LastModified!.Value).TotalDays:0} days old")));
        }

        if (!AllowDuplicates)
        {
            problems.AddRange(@lock.FindDuplicates().Select(static source => $"{source.Source} is locked {source.Paths.Count} times ({string.Join(", ", source.Paths)})"));
        }

        return problems;
    }

    /// <summary>Fails where <see cref="FindProblems"/> finds any.</summary>
    /// <exception cref="FlakeException">The lock file has an input that is too old, or is there twice.</exception>
    public void Check(FlakeLock @lock, string file)
    {
        if (FindProblems(@lock) is { Count: > 0 } problems)
        {
            throw new FlakeException(
                NixErrorCodes.FlakeLockNeedsUpdate,
                $"{file} needs attention: {string.Join("; ", problems)}. Run 'nix flake update', or let inputs share a source with inputs.NAME.inputs.OTHER.follows = \"OTHER\".");
        }
    }
}
