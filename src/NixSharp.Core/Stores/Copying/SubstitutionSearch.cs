using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>Asks substituters, in the order of their priority, for paths and all that those need; remembers what they said.</summary>
internal sealed class SubstitutionSearch
{
    private readonly INixStore _destination;
    private readonly List<INixStore> _substituters = [];
    private readonly Dictionary<(INixStore Substituter, StorePath Path), PathInfo?> _answers = [];
    private readonly HashSet<(INixStore Substituter, StorePath Path)> _excluded = [];
    private readonly HashSet<StorePath> _valid = [];
    private readonly List<SubstitutionFailure> _failures = [];

    public SubstitutionSearch(INixStore destination, IEnumerable<INixStore> substituters)
    {
        _destination = destination;
        foreach (var substituter in substituters)
        {
            try
            {
                StoreCopies.RefuseOtherDirectory(substituter, destination);
                _substituters.Add(substituter);
            }
            catch (NixStoreException error)
            {
                _failures.Add(new SubstitutionFailure(substituter.Uri, null, error));
            }
        }
    }

    public IReadOnlyList<SubstitutionFailure> Failures => _failures;

    /// <summary>Does not count on a substituter for a path any more.</summary>
    public void Exclude(SubstitutablePath path, Exception error)
    {
        _excluded.Add((path.Substituter, path.Info.Path));
        _failures.Add(new SubstitutionFailure(path.Substituter.Uri, path.Info.Path, error));
    }

    /// <summary>Finds for each path that is missing, and all that it needs, the first substituter that has it.</summary>
    public async Task<SubstitutionPlan> PlanAsync(IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (chosen, unavailable) = await ChooseAsync(roots, cancellationToken).ConfigureAwait(false);
            if (!ExcludeUnusable(chosen, unavailable, out var usable))
            {
                return new SubstitutionPlan(usable, [.. unavailable.Order()], _failures);
            }
        }
    }

    private async Task<(Dictionary<StorePath, SubstitutablePath> Chosen, HashSet<StorePath> Unavailable)> ChooseAsync(
        IReadOnlyCollection<StorePath> roots,
        CancellationToken cancellationToken)
    {
        var chosen = new Dictionary<StorePath, SubstitutablePath>();
        var unavailable = new HashSet<StorePath>();
        var seen = new HashSet<StorePath>(roots);
        var asked = seen.ToList();
        while (asked.Count > 0)
        {
            var unknown = asked.Where(path => !_valid.Contains(path)).ToList();
            _valid.UnionWith((await _destination.QueryPathInfosAsync(unknown, cancellationToken).ConfigureAwait(false)).Keys);
            var missing = asked.Where(path => !_valid.Contains(path)).ToList();
            var found = new List<PathInfo>();
            foreach (var substituter in _substituters.ToList())
            {
                await AskAsync(substituter, missing, cancellationToken).ConfigureAwait(false);
                foreach (var path in missing.Where(path => Answer(substituter, path) is not null))
                {
                    var info = Answer(substituter, path)!;
                    chosen.Add(path, new SubstitutablePath(info, substituter));
                    found.Add(info);
                }

                missing.RemoveAll(chosen.ContainsKey);
            }

            unavailable.UnionWith(missing);
            asked = [.. found.SelectMany(static info => info.References).Where(seen.Add)];
        }

        return (chosen, unavailable);
    }

    /// <summary>Leaves out what refers to something that nobody has.</summary>
    /// <returns>Whether another substituter says that one of those needs something else, so that it is worth choosing again.</returns>
    private bool ExcludeUnusable(Dictionary<StorePath, SubstitutablePath> chosen, HashSet<StorePath> unavailable, out IReadOnlyList<SubstitutablePath> usable)
    {
        var again = false;
        var possible = new List<SubstitutablePath>();
        foreach (var info in ReferenceOrder.Sort([.. chosen.Values.Select(static path => path.Info)]))
        {
            var choice = chosen[info.Path];
            if (!info.References.Any(unavailable.Contains))
            {
                possible.Add(choice);
                continue;
            }

            _excluded.Add((choice.Substituter, info.Path));
            again |= _substituters.Any(other => MayDiffer(other, info));
            unavailable.Add(info.Path);
        }

        usable = possible;
        return again;
    }

    private bool MayDiffer(INixStore substituter, PathInfo info) =>
        !_answers.ContainsKey((substituter, info.Path)) ||
        (Answer(substituter, info.Path) is { } other && !other.References.ToHashSet().SetEquals(info.References));

    private PathInfo? Answer(INixStore substituter, StorePath path) =>
        _excluded.Contains((substituter, path)) ? null : _answers.GetValueOrDefault((substituter, path));

    private async Task AskAsync(INixStore substituter, List<StorePath> paths, CancellationToken cancellationToken)
    {
        var unknown = paths.Where(path => !_answers.ContainsKey((substituter, path))).ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        try
        {
            var infos = await substituter.QueryPathInfosAsync(unknown, cancellationToken).ConfigureAwait(false);
            foreach (var path in unknown)
            {
                _answers.Add((substituter, path), infos.GetValueOrDefault(path));
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            _substituters.Remove(substituter);
            _failures.Add(new SubstitutionFailure(substituter.Uri, null, error));
        }
    }
}
