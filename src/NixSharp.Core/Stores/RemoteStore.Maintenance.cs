using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    /// <inheritdoc/>
    public async Task DeleteAsync(StorePath path, CancellationToken cancellationToken = default)
    {
        // A daemon spares what its client has just added, for as long as that connection is open.
        await _pool.CloseIdleAsync().ConfigureAwait(false);
        await this.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
        var request = new GarbageRequest { Action = GarbageAction.DeleteSpecific, Paths = [path] };
        await AskAsync(WorkerOperation.CollectGarbage, request.Write, GarbageRequest.ReadResultAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<GarbageResult> CollectGarbageAsync(GarbageOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= GarbageOptions.Default;
        var request = new GarbageRequest
        {
            Action = options.DryRun ? GarbageAction.ReturnDead : GarbageAction.DeleteDead,
            MaxFreed = options.MaxFreed is { } limit ? (ulong)Math.Max(0, limit) : ulong.MaxValue,
        };
        var result = await _pool.UseAsync(
            async connection =>
            {
                if (ToSettings(options) is { } settings)
                {
                    await connection.SetOptionsAsync(settings, cancellationToken).ConfigureAwait(false);
                }

                return await connection.AskAsync(
                    WorkerOperation.CollectGarbage,
                    request.Write,
                    GarbageRequest.ReadResultAsync,
                    new Deletions(options.Progress).Take,
                    cancellationToken).ConfigureAwait(false);
            },
            cancellationToken,
            runsCallersCode: true).ConfigureAwait(false);
        if (!options.DryRun)
        {
            return result;
        }

        // The daemon names what is dead, without its size.
        var infos = await QueryPathInfosAsync(result.Paths, cancellationToken).ConfigureAwait(false);
        return result with { BytesFreed = infos.Values.Sum(static info => info.NarSize) };
    }

    /// <inheritdoc/>
    public async Task<OptimiseResult> OptimiseAsync(IProgress<NixProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var (files, bytes) = (0L, 0L);
        await _pool.UseAsync(
            connection => connection.AskAsync(WorkerOperation.OptimiseStore, static _ => { }, ReadDone, Take, cancellationToken),
            cancellationToken,
            runsCallersCode: true).ConfigureAwait(false);
        return new OptimiseResult(files, bytes);

        void Take(DaemonMessage message)
        {
            switch (message)
            {
                case DaemonMessage.Result { Type: NixResultType.FileLinked, Fields: [{ Number: var size }, ..] }:
                    files++;
                    bytes += (long)Math.Min(size, long.MaxValue - (ulong)bytes);
                    break;
                case DaemonMessage.Result { Type: NixResultType.Progress, Fields: [{ Number: var done }, { Number: var total }, ..] }:
                    progress?.Report(new NixProgress("optimising", Name, (long)Math.Min(done, long.MaxValue), (long)Math.Min(total, long.MaxValue), ProgressUnit.Items));
                    break;
            }
        }
    }

    /// <summary>
    /// Checks that what is valid is there, and, where asked, that it is unchanged. The daemon says what is wrong in words;
    /// where it should repair, it fetches from its own substituters, and after them from those of <paramref name="options"/>.
    /// </summary>
    /// <inheritdoc/>
    public async Task<VerifyResult> VerifyAsync(VerifyOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= VerifyOptions.Default;
        var paths = await ListAsync(cancellationToken).ConfigureAwait(false);
        var said = new List<string>();
        var isWrong = await _pool.UseAsync(
            connection => connection.AskAsync(
                WorkerOperation.VerifyStore,
                writer =>
                {
                    writer.WriteBoolean(options.CheckContents);
                    writer.WriteBoolean(options.Repair);
                },
                static (reader, cancellation) => reader.ReadBooleanAsync(cancellation),
                message =>
                {
                    if (message is DaemonMessage.Next next)
                    {
                        said.AddRange(TerminalText.Strip(next.Text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                    }
                },
                cancellationToken),
            cancellationToken,
            runsCallersCode: true).ConfigureAwait(false);
        var problems = isWrong ? DaemonProblems.Read(said, StoreDirectory) : [];
        var repaired = options.Repair ? await RepairAsync(problems, options.Substituters, cancellationToken).ConfigureAwait(false) : [];
        return new VerifyResult(paths.Count, [.. problems.Where(problem => problem.Path is not { } path || !repaired.Contains(path))], repaired);
    }

    private async Task<List<StorePath>> RepairAsync(IReadOnlyList<StoreProblem> problems, IReadOnlyList<INixStore> substituters, CancellationToken cancellationToken)
    {
        var repaired = new List<StorePath>();
        foreach (var path in problems.Select(static problem => problem.Path).OfType<StorePath>().Distinct())
        {
            var known = await this.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
            foreach (var substituter in substituters)
            {
                if ((await substituter.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false))?.NarHash == known.NarHash)
                {
                    var source = NarSource.From(substituter, known);
                    await NarPipe.RunAsync(
                        source.WriteNarAsync,
                        (nar, token) => AddNarAsync(known, nar, new AddNarOptions { Repair = true, CheckSignatures = false }, token),
                        cancellationToken).ConfigureAwait(false);
                    repaired.Add(path);
                    break;
                }
            }
        }

        return repaired;
    }

    /// <summary>The settings that options mean; null where they are Nix's own defaults.</summary>
    private static ClientOptions? ToSettings(GarbageOptions options) =>
        (options.KeepOutputs, options.KeepDerivations) == (GarbageOptions.Default.KeepOutputs, GarbageOptions.Default.KeepDerivations)
            ? null
            : new ClientOptions
            {
                MaxBuildJobs = Environment.ProcessorCount,
                Overrides = new Dictionary<string, string>
                {
                    ["keep-outputs"] = options.KeepOutputs ? "true" : "false",
                    ["keep-derivations"] = options.KeepDerivations ? "true" : "false",
                },
            };

    /// <summary>Counts what the daemon says that it deletes.</summary>
    private sealed class Deletions(IProgress<NixProgress>? progress)
    {
        private const string Deleting = "deleting '";
        private long _done;

        public void Take(DaemonMessage message)
        {
            if (progress is not null && message is DaemonMessage.Next next && TerminalText.Strip(next.Text) is var text && text.StartsWith(Deleting, StringComparison.Ordinal))
            {
                progress.Report(new NixProgress("deleting", text[Deleting.Length..].Split('\'')[0], ++_done, null, ProgressUnit.Items));
            }
        }
    }
}
