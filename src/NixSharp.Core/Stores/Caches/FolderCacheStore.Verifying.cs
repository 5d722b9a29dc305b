using System.Collections.Concurrent;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Caches;

public sealed partial class FolderCacheStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// Looks at every narinfo: that it can be read, that its NAR is there and as large as it says, and that what it refers
    /// to is there. With <see cref="VerifyOptions.CheckContents"/> every NAR is decompressed and hashed. Signatures are not
    /// looked at: the store that takes a path in does that.
    /// </remarks>
    public async Task<VerifyResult> VerifyAsync(VerifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= VerifyOptions.Default;
        var problems = new ConcurrentBag<StoreProblem>();
        var infos = new ConcurrentDictionary<StorePath, NarInfo>();
        var hashParts = ListHashParts();
        await Parallel.ForEachAsync(hashParts, cancellationToken, ReadAsync).ConfigureAwait(false);
        var done = 0;
        await Parallel.ForEachAsync(infos.Values, cancellationToken, CheckAsync).ConfigureAwait(false);
        var repaired = options.Repair ? await RepairAsync(infos, problems, options.Substituters, cancellationToken).ConfigureAwait(false) : [];
        return new VerifyResult(hashParts.Count, [.. problems.Where(problem => !(problem.Path is { } path && repaired.Contains(path))).OrderBy(static problem => problem.Path)], repaired);

        async ValueTask ReadAsync(string hashPart, CancellationToken token)
        {
            try
            {
                if (await FetchAsync(hashPart, static (_, _) => { }, token).ConfigureAwait(false) is { } info)
                {
                    infos[info.PathInfo.Path] = info;
                }
            }
            catch (NixException error)
            {
                problems.Add(new StoreProblem(null, error.Message));
            }
        }

        async ValueTask CheckAsync(NarInfo info, CancellationToken token)
        {
            if (await FindProblemAsync(info, options.CheckContents, token).ConfigureAwait(false) is { } problem)
            {
                problems.Add(new StoreProblem(info.PathInfo.Path, problem));
            }
            else if (info.PathInfo.References.FirstOrDefault(reference => !infos.ContainsKey(reference)) is { BaseName.Length: > 0 } missing)
            {
                problems.Add(new StoreProblem(info.PathInfo.Path, $"it refers to {missing}, which is not there"));
            }

            options.Progress?.Report(new NixProgress("verifying", Uri, Interlocked.Increment(ref done), infos.Count, ProgressUnit.Items));
        }
    }

    private async Task<string?> FindProblemAsync(NarInfo info, bool checkContents, CancellationToken cancellationToken)
    {
        try
        {
            if (!await _folder.ExistsAsync(info.Url, info.FileSize, cancellationToken).ConfigureAwait(false))
            {
                return $"its file {CacheText.Show(info.Url)} is missing, or of another size";
            }

            if (checkContents)
            {
                await ReadNarAsync(info.PathInfo.Path, Stream.Null, cancellationToken).ConfigureAwait(false);
            }

            return null;
        }
        catch (NixException error)
        {
            return error.Message.TrimEnd('.');
        }
    }

    /// <summary>Fetches damaged paths again from the first store that has the same contents.</summary>
    private async Task<IReadOnlyList<StorePath>> RepairAsync(
        ConcurrentDictionary<StorePath, NarInfo> infos,
        IEnumerable<StoreProblem> problems,
        IReadOnlyList<INixStore> substituters,
        CancellationToken cancellationToken)
    {
        var repaired = new List<StorePath>();
        foreach (var path in problems.Select(static problem => problem.Path).OfType<StorePath>().Distinct().Order())
        {
            foreach (var substituter in substituters)
            {
                if (await TryRepairAsync(infos[path].PathInfo, substituter, cancellationToken).ConfigureAwait(false))
                {
                    repaired.Add(path);
                    break;
                }
            }
        }

        return repaired;
    }

    private async Task<bool> TryRepairAsync(PathInfo info, INixStore substituter, CancellationToken cancellationToken)
    {
        try
        {
            if (await substituter.QueryPathInfoAsync(info.Path, cancellationToken).ConfigureAwait(false) is { } offered && offered.NarHash == info.NarHash)
            {
                await AddNarsAsync([NarSource.From(substituter, info with { NarSize = offered.NarSize })], new AddNarOptions { Repair = true }, cancellationToken).ConfigureAwait(false);
                return true;
            }
        }
        catch (NixException)
        {
            // The next one may have it whole; where none has, the path stays on the list of problems.
        }

        return false;
    }
}
