using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;

namespace NixSharp.Building;

/// <summary>Finds out what has to be built and what can be fetched, and does neither.</summary>
internal sealed class MissingQuery
{
    private readonly LocalStore _store;
    private readonly BuildOptions _options;
    private readonly IReadOnlyList<INixStore> _substituters;
    private readonly SubstitutionSearch _search;
    private readonly SortedSet<StorePath> _willBuild = [];
    private readonly SortedDictionary<StorePath, SubstitutablePath> _willSubstitute = [];
    private readonly SortedSet<StorePath> _unknown = [];
    private readonly HashSet<(StorePath, string)> _seen = [];

    public MissingQuery(LocalStore store, BuildOptions options)
    {
        _store = store;
        _options = options;
        _substituters = options.UseSubstitutes ? options.Substituters : [];
        _search = new SubstitutionSearch(store, _substituters);
    }

    public async Task<MissingPaths> RunAsync(IReadOnlyList<DerivedPath> paths, CancellationToken cancellationToken)
    {
        using var session = new BuildSession(_store, _options, cancellationToken);
        await FetchAsync([.. paths.OfType<DerivedPath.Opaque>().Select(static path => path.Path).Distinct()], cancellationToken).ConfigureAwait(false);

        // All that is as far from what was asked for is looked at together, so that substituters are asked for many paths at a time.
        var open = paths.OfType<DerivedPath.Built>().ToList();
        while (open.Count > 0)
        {
            open = await BuildAsync(session, open, cancellationToken).ConfigureAwait(false);
        }

        var (downloadSize, narSize) = (0L, 0L);
        foreach (var path in _willSubstitute.Values)
        {
            downloadSize = Add(downloadSize, await path.QueryDownloadSizeAsync(cancellationToken).ConfigureAwait(false));
            narSize = Add(narSize, path.Info.NarSize);
        }

        return new MissingPaths([.. _willBuild], [.. _willSubstitute.Keys], [.. _unknown], downloadSize, narSize);
    }

    private async Task FetchAsync(IReadOnlyList<StorePath> paths, CancellationToken cancellationToken)
    {
        var missing = paths.Where(path => !_store.HasPath(path)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        var plan = await _search.PlanAsync(missing, cancellationToken).ConfigureAwait(false);
        foreach (var path in plan.Available)
        {
            _willSubstitute.TryAdd(path.Info.Path, path);
        }

        _unknown.UnionWith(plan.Unavailable);
        _unknown.UnionWith(missing.Where(path => !_willSubstitute.ContainsKey(path)));
    }

    /// <summary>Sees what of some outputs is missing: that is fetched, or else built.</summary>
    /// <returns>What is needed for building.</returns>
    private async Task<List<DerivedPath.Built>> BuildAsync(BuildSession session, List<DerivedPath.Built> paths, CancellationToken cancellationToken)
    {
        var candidates = new List<Candidate>();
        foreach (var path in paths.Select(Innermost))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (path.Derivation is DerivedPath.Opaque derivation
                && _seen.Add((derivation.Path, path.Outputs.ToString()))
                && await FindMissingAsync(session, derivation.Path, path.Outputs).ConfigureAwait(false) is { } candidate)
            {
                candidates.Add(candidate);
            }
        }

        var wanted = candidates.SelectMany(static candidate => candidate.Outputs ?? []).Distinct().ToList();
        var available = wanted.Count == 0 ? [] : (await _search.PlanAsync(wanted, cancellationToken).ConfigureAwait(false)).Available.ToDictionary(static path => path.Info.Path);
        var needed = new List<DerivedPath.Built>();
        foreach (var candidate in candidates)
        {
            if (candidate.Outputs is { } outputs && outputs.All(available.ContainsKey))
            {
                AddClosure(outputs, available);
                continue;
            }

            _willBuild.Add(candidate.Path);
            needed.AddRange(candidate.Derivation.InputDerivations.Select(static input => new DerivedPath.Built(
                new DerivedPath.Opaque(input.Key),
                OutputsSpec.Of([.. input.Value.Outputs.Concat(input.Value.DynamicOutputs.Keys)]))));
        }

        return needed;
    }

    /// <summary>What a derivation makes that is not there yet cannot be looked at.</summary>
    private static DerivedPath.Built Innermost(DerivedPath.Built path) => path.Derivation is DerivedPath.Built inner ? Innermost(inner) : path;

    private async Task<Candidate?> FindMissingAsync(BuildSession session, StorePath path, OutputsSpec outputs)
    {
        if (_store.TryReadDerivation(path) is not { } derivation)
        {
            _unknown.Add(path);
            return null;
        }

        IReadOnlyCollection<string> names = outputs.IsAll ? [.. derivation.Outputs.Keys] : outputs.Names;
        var known = await new Realisations(session, path, derivation).FindAsync(names.Where(derivation.Outputs.ContainsKey)).ConfigureAwait(false);
        var missing = names.Where(name => !known.TryGetValue(name, out var output) || !_store.HasPath(output)).ToList();
        if (missing.Count == 0)
        {
            return null;
        }

        var mayFetch = _substituters.Count > 0 && missing.All(known.ContainsKey) && DerivationOptions.From(derivation).AllowSubstitutes;
        return new Candidate(path, derivation, mayFetch ? [.. missing.Select(name => known[name])] : null);
    }

    private void AddClosure(IEnumerable<StorePath> roots, Dictionary<StorePath, SubstitutablePath> available)
    {
        var open = new Stack<StorePath>(roots);
        while (open.TryPop(out var path))
        {
            if (available.TryGetValue(path, out var found) && _willSubstitute.TryAdd(path, found))
            {
                foreach (var reference in found.Info.References)
                {
                    open.Push(reference);
                }
            }
        }
    }

    /// <summary>Adds what strangers say, which may be more than there can be.</summary>
    private static long Add(long sum, long size) => size > long.MaxValue - sum ? long.MaxValue : sum + size;

    /// <param name="Path">A derivation of which something is missing.</param>
    /// <param name="Derivation">What it says.</param>
    /// <param name="Outputs">The outputs that are missing; null where they can only be built.</param>
    private sealed record Candidate(StorePath Path, Derivation Derivation, IReadOnlyList<StorePath>? Outputs);
}
