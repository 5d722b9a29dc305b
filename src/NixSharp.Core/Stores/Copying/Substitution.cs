using NixSharp.StorePaths;
using NixSharp.Stores.Caches;

namespace NixSharp.Stores.Copying;

/// <summary>Fetches paths, and all that they need, from the stores that have them, instead of building them.</summary>
public static class Substitution
{
    private const int MaxFailuresTold = 10;

    /// <summary>Makes paths valid in a store, or says why that cannot be. See <see cref="TryRealiseAsync"/>.</summary>
    /// <exception cref="NixStoreException">A path could be had from none of the substituters; the message has all their errors.</exception>
    public static async Task<SubstitutionResult> RealiseAsync(
        INixStore destination,
        IReadOnlyCollection<StorePath> paths,
        IReadOnlyList<INixStore> substituters,
        SubstitutionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var result = await TryRealiseAsync(destination, paths, substituters, options, cancellationToken).ConfigureAwait(false);
        return result.Unavailable.Count == 0 ? result : throw Unavailable(result, substituters);
    }

    /// <summary>
    /// Makes paths valid in a store: each comes from the first substituter that has it and gives it whole and, where the
    /// store asks for that and the substituter is no cache with <c>trusted=true</c>, with a signature that it trusts; when one
    /// fails or lies the next is tried. What the paths need comes first. Paths that no substituter has are no error.
    /// </summary>
    /// <param name="destination">The store that the paths are wanted in.</param>
    /// <param name="paths">The paths.</param>
    /// <param name="substituters">The stores to fetch them from, the preferred one first.</param>
    /// <param name="options">Signature check, number of transfers, progress.</param>
    /// <param name="cancellationToken">Stops; what has become valid stays.</param>
    public static async Task<SubstitutionResult> TryRealiseAsync(
        INixStore destination,
        IReadOnlyCollection<StorePath> paths,
        IReadOnlyList<INixStore> substituters,
        SubstitutionOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(substituters);
        options ??= SubstitutionOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Jobs, 1);

        var search = new SubstitutionSearch(destination, substituters);
        var copyOptions = new CopyOptions { CheckSignatures = options.CheckSignatures, Jobs = options.Jobs, Progress = options.Progress };
        var substituted = new List<SubstitutablePath>();
        while (true)
        {
            var plan = await search.PlanAsync(paths, cancellationToken).ConfigureAwait(false);
            var chosen = plan.Available.ToDictionary(static path => path.Info.Path);
            if (chosen.Count == 0)
            {
                break;
            }

            var run = new CopyRun(
                destination,
                copyOptions,
                [.. plan.Available.Select(static path => path.Info)],
                info => chosen[info.Path].Substituter is BinaryCacheStore { IsTrusted: true });
            var failures = await run.TryRunAsync(info => NarSource.From(chosen[info.Path].Substituter, info), cancellationToken).ConfigureAwait(false);
            var valid = await destination.QueryPathInfosAsync(chosen.Keys, cancellationToken).ConfigureAwait(false);
            substituted.AddRange(plan.Available.Where(path => valid.ContainsKey(path.Info.Path)));
            foreach (var (path, error) in failures)
            {
                search.Exclude(chosen[path], error);
            }

            if (failures.Count == 0)
            {
                break;
            }
        }

        var found = await destination.QueryPathInfosAsync(paths, cancellationToken).ConfigureAwait(false);
        return new SubstitutionResult(substituted, [.. paths.Where(path => !found.ContainsKey(path)).Distinct().Order()], search.Failures);
    }

    /// <summary>Says what would be fetched from where, and fetches nothing.</summary>
    public static Task<SubstitutionPlan> PlanAsync(
        INixStore destination,
        IReadOnlyCollection<StorePath> paths,
        IReadOnlyList<INixStore> substituters,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(substituters);
        return new SubstitutionSearch(destination, substituters).PlanAsync(paths, cancellationToken);
    }

    private static NixStoreException Unavailable(SubstitutionResult result, IReadOnlyList<INixStore> substituters)
    {
        var others = result.Unavailable.Count > 1 ? $" and {result.Unavailable.Count - 1} more" : "";
        var asked = substituters.Count == 0 ? "there are no substituters" : $"none of {string.Join(", ", substituters.Select(static store => store.Uri))} gave it with all that it needs";
        var lines = result.Failures.Take(MaxFailuresTold).Select(static failure => $"\n  {failure}");
        var more = result.Failures.Count > MaxFailuresTold ? $"\n  and {result.Failures.Count - MaxFailuresTold} more" : "";
        return new NixStoreException(
            NixErrorCodes.CannotSubstitute,
            $"{result.Unavailable[0]}{others} cannot be fetched: {asked}. Build it, or add a substituter that has it.{string.Concat(lines)}{more}");
    }
}
