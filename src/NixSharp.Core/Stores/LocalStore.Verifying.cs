using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores.Garbage;
using NixSharp.Stores.Optimising;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// Without <see cref="VerifyOptions.Repair"/> nothing is changed. With it, damaged and missing paths are fetched again
    /// from the substituters and take the place of what was there in one step; a path that is gone, that no other path
    /// needs, and that nobody has is made invalid, and files in <c>.links</c> that are not what their names say are removed.
    /// </remarks>
    public Task<VerifyResult> VerifyAsync(VerifyOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(() => VerifyAllAsync(options ?? VerifyOptions.Default, cancellationToken), cancellationToken);

    private async Task<VerifyResult> VerifyAllAsync(VerifyOptions options, CancellationToken cancellationToken)
    {
        if (options.Repair)
        {
            RefuseIfReadOnly();
        }

        // As in Nix, nothing is collected meanwhile.
        using var collector = IsReadOnly ? null : await FileLock.AcquireAsync(Layout.GcLock, FileLockMode.Shared, cancellationToken: cancellationToken).ConfigureAwait(false);
        var entries = ListEntries();
        var infos = _database.ListInfos();
        var problems = new StoreVerification(Layout, _database, options).Run(infos, cancellationToken).ToList();
        if (options.CheckContents)
        {
            // What is linked to a damaged file is damaged, too, so that without a problem only files that nobody has need a look.
            problems.AddRange(StoreLinks.FindDamaged(Layout, all: problems.Count > 0, remove: options.Repair, cancellationToken));
        }

        var repaired = options.Repair ? await RepairAsync(problems, options, cancellationToken).ConfigureAwait(false) : [];
        return new VerifyResult(infos.Count, problems, repaired) { Leftovers = FindLeftovers(entries, infos, cancellationToken) };
    }

    private List<string> FindLeftovers(IReadOnlyList<string> entries, IReadOnlyList<PathInfo> infos, CancellationToken cancellationToken)
    {
        var valid = infos.Select(static info => info.Path.BaseName).ToHashSet();
        var candidates = entries.Where(name => name != StoreLinks.FolderName && !name.EndsWith(".lock", StringComparison.Ordinal) && !valid.Contains(name)).ToList();
        if (candidates.Count == 0)
        {
            return [];
        }

        var kept = new GcRootFinder(Layout).Find(cancellationToken).Where(static root => root.IsTemporary).Select(static root => root.Path.HashPart.ToString()).ToHashSet();
        return [.. candidates.Where(name => !(name.Length > StorePath.HashPartLength && kept.Contains(name[..StorePath.HashPartLength]))
            && !(StorePath.TryParseBaseName(name, StoreDirectory, out var path) && _database.IsValid(path))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Repairs what can be, and takes that off the list of problems.</summary>
    private async Task<IReadOnlyList<StorePath>> RepairAsync(List<StoreProblem> problems, VerifyOptions options, CancellationToken cancellationToken)
    {
        var repaired = new List<StorePath>();
        var damaged = problems.Select(static problem => problem.Path).OfType<StorePath>().Distinct().ToList();
        foreach (var path in damaged)
        {
            if (await TryRepairAsync(path, options, cancellationToken).ConfigureAwait(false))
            {
                repaired.Add(path);
                problems.RemoveAll(problem => problem.Path == path);
            }
        }

        // What is gone and can be had nowhere is not valid; first that which others do not need.
        for (var again = true; again;)
        {
            var gone = problems.Select(static problem => problem.Path).OfType<StorePath>().Distinct().Where(path => !FileTree.Exists(GetRealPath(path))).ToList();
            var stay = _database.Invalidate(gone);
            var invalid = gone.Except(stay).ToHashSet();
            problems.RemoveAll(problem => problem.Path is { } path && invalid.Contains(path));
            repaired.AddRange(invalid);
            again = invalid.Count > 0 && stay.Count > 0;
        }

        problems.RemoveAll(static problem => problem.Description.StartsWith(StoreLinks.Damaged, StringComparison.Ordinal));
        return [.. repaired.Order()];
    }

    private async Task<bool> TryRepairAsync(StorePath path, VerifyOptions options, CancellationToken cancellationToken)
    {
        var known = _database.Query(path);
        foreach (var substituter in options.Substituters)
        {
            try
            {
                // What it has must be what this store was sure of.
                if (known is null || await substituter.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false) is not { } offered || offered.NarHash != known.NarHash)
                {
                    continue;
                }

                var info = known with { NarSize = offered.NarSize };
                await NarPipe.RunAsync(
                    (output, token) => substituter.ReadNarAsync(path, output, token),
                    (nar, token) => AddNarAsync(info, nar, new AddNarOptions { Repair = true, CheckSignatures = false }, token),
                    cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (NixException)
            {
                // The next one may have it whole; where none has, the path stays on the list of problems.
            }
        }

        return false;
    }
}
