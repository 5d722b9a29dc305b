using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Flakes.Outputs;

/// <summary>
/// Builds many outputs of a flake: evaluated once, built several at a time, not where a cache has them, and uploaded while
/// others are being built.
/// </summary>
public static class FlakeBuild
{
    // Before, a derivation's path meant its outputs; since then it takes the caret to mean them.
    private static readonly Version DerivationsTakeOutputs = new(2, 13);

    /// <summary>Builds what was evaluated. Failures are in the report, not thrown.</summary>
    /// <param name="client">Runs <c>nix</c>.</param>
    /// <param name="evaluation">What to build, from <see cref="FlakeOutputs.EvaluateAsync"/>.</param>
    /// <param name="options">How it is built, and where it is copied to.</param>
    /// <param name="cancellationToken">Stops the builds and copies; what is whole stays.</param>
    /// <exception cref="NixException">Nix is not there, or a cache cannot be asked.</exception>
    public static async Task<FlakeBuildReport> RunAsync(NixClient client, FlakeEvaluation evaluation, FlakeBuildOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(evaluation);
        options ??= new FlakeBuildOptions();
        if (options is { UploadTo: not null, Store: null })
        {
            throw new ArgumentException("The store that Nix builds in is needed, to copy from it.", nameof(options));
        }

        var suffix = await client.GetVersionAsync(cancellationToken).ConfigureAwait(false) >= DerivationsTakeOutputs ? "^*" : "";
        var uploadTo = options.UploadTo is { } uri ? await NixStore.OpenAsync(uri, options.StoreOptions, cancellationToken).ConfigureAwait(false) : null;
        var run = new FlakeBuildRun(client, options, uploadTo, suffix);
        await using var closing = run.ConfigureAwait(false);
        foreach (var failure in evaluation.Failures)
        {
            run.Add(new FlakeBuildResult { Attribute = failure.Attribute, Status = FlakeBuildStatus.EvaluationFailed, Error = failure.Error });
        }

        var cached = await FindCachedAsync(evaluation.Outputs, options, cancellationToken).ConfigureAwait(false);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Jobs), CancellationToken = cancellationToken };

        // Attributes that are the same derivation are built once.
        await Parallel.ForEachAsync(
            evaluation.Outputs.GroupBy(static output => output.DerivationPath),
            parallel,
            async (group, token) => await run.BuildAsync([.. group], cached.Contains(group.Key), token).ConfigureAwait(false)).ConfigureAwait(false);
        await run.FinishAsync().ConfigureAwait(false);
        return new FlakeBuildReport([.. run.Results.OrderBy(static result => result.Attribute, StringComparer.Ordinal)]);
    }

    /// <summary>The derivations all of whose outputs one of the caches has.</summary>
    private static async Task<HashSet<StorePath>> FindCachedAsync(IReadOnlyList<FlakeOutput> outputs, FlakeBuildOptions options, CancellationToken cancellationToken)
    {
        var cached = new HashSet<StorePath>();
        foreach (var uri in options.Caches)
        {
            var cache = await NixStore.OpenAsync(uri, options.StoreOptions, cancellationToken).ConfigureAwait(false);
            await using var closing = cache.ConfigureAwait(false);
            var asked = outputs.Where(output => !cached.Contains(output.DerivationPath) && output.Outputs.Values.All(static path => path is not null)).ToList();
            StorePath[] paths = [.. asked.SelectMany(static output => output.Outputs.Values.OfType<StorePath>()).Distinct()];
            var known = await cache.QueryPathInfosAsync(paths, cancellationToken).ConfigureAwait(false);
            cached.UnionWith(asked.Where(output => output.Outputs.Values.All(path => known.ContainsKey(path!.Value))).Select(static output => output.DerivationPath));
        }

        return cached;
    }
}
