using System.Runtime.ExceptionServices;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>Adds paths to a store, several batches at a time, each once all that it refers to is valid.</summary>
internal sealed class CopyRun
{
    private readonly INixStore _destination;
    private readonly CopyOptions _options;
    private readonly AddNarOptions _addOptions;
    private readonly IReadOnlyList<CopyBatch> _batches;
    private readonly CopyProgress _progress;
    private readonly Func<PathInfo, bool> _isTrusted;

    /// <summary>Is to add <paramref name="ordered"/>, in which what one refers to stands before it.</summary>
    /// <param name="destination">The store that they are added to.</param>
    /// <param name="options">How.</param>
    /// <param name="ordered">The paths.</param>
    /// <param name="isTrusted">Whether a path comes from a store that is believed without signatures.</param>
    public CopyRun(INixStore destination, CopyOptions options, IReadOnlyList<PathInfo> ordered, Func<PathInfo, bool>? isTrusted = null)
    {
        _isTrusted = isTrusted ?? (static _ => false);
        _destination = destination;
        _options = options;
        _addOptions = new AddNarOptions { CheckSignatures = options.CheckSignatures };
        _batches = CopyBatch.Split(ordered, options.Jobs);
        _progress = new CopyProgress(options.Progress, destination.Uri, ordered);
    }

    /// <summary>Adds all, or stops at the first that fails.</summary>
    public async Task RunAsync(Func<PathInfo, NarSource> open, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? first = null;
        await RunBatchesAsync(AddAsync, stop.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        async Task AddAsync(CopyBatch batch)
        {
            try
            {
                await AddBatchAsync(batch.Paths, open, stop.Token).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref first, error, null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Adds what can be added.</summary>
    /// <returns>The paths that failed, with the reason; those that need one of them were not tried.</returns>
    public async Task<IReadOnlyDictionary<StorePath, Exception>> TryRunAsync(Func<PathInfo, NarSource> open, CancellationToken cancellationToken)
    {
        var failures = new Dictionary<StorePath, Exception>();
        var unreachable = new HashSet<StorePath>();
        await RunBatchesAsync(AddAsync, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return failures;

        async Task AddAsync(CopyBatch batch)
        {
            try
            {
                var possible = Possible(batch.Paths);
                await AddBatchAsync(possible, open, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One by one, to learn which it was.
                foreach (var info in batch.Paths)
                {
                    await TryAddAsync(info).ConfigureAwait(false);
                }
            }
        }

        async Task TryAddAsync(PathInfo info)
        {
            if (Possible([info]).Count == 0)
            {
                return;
            }

            try
            {
                await AddBatchAsync([info], open, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                lock (failures)
                {
                    failures[info.Path] = error;
                    unreachable.Add(info.Path);
                }
            }
        }

        List<PathInfo> Possible(IReadOnlyList<PathInfo> paths)
        {
            lock (failures)
            {
                var possible = new List<PathInfo>();
                foreach (var info in paths)
                {
                    if (info.References.Any(unreachable.Contains))
                    {
                        unreachable.Add(info.Path);
                    }
                    else
                    {
                        possible.Add(info);
                    }
                }

                return possible;
            }
        }
    }

    private async Task RunBatchesAsync(Func<CopyBatch, Task> add, CancellationToken cancellationToken)
    {
        using var free = new SemaphoreSlim(_options.Jobs);
        var running = new Task[_batches.Count];
        for (var i = 0; i < running.Length; i++)
        {
            var batch = _batches[i];
            running[i] = Task.Run(() => RunAsync(batch), CancellationToken.None);
        }

        await Task.WhenAll(running).ConfigureAwait(false);

        async Task RunAsync(CopyBatch batch)
        {
            await Task.WhenAll(batch.Needs.Select(number => running[number])).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await free.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    await add(batch).ConfigureAwait(false);
                }
            }
            finally
            {
                free.Release();
            }
        }
    }

    private async Task AddBatchAsync(IReadOnlyList<PathInfo> paths, Func<PathInfo, NarSource> open, CancellationToken cancellationToken)
    {
        for (var start = 0; start < paths.Count;)
        {
            // Their order stays, so only neighbours can be added together.
            var isTrusted = _isTrusted(paths[start]);
            var alike = paths.Skip(start).TakeWhile(info => _isTrusted(info) == isTrusted).ToList();
            var options = isTrusted ? _addOptions with { CheckSignatures = false } : _addOptions;
            await _destination.AddNarsAsync([.. alike.Select(info => _progress.Watch(open(info)))], options, cancellationToken).ConfigureAwait(false);
            _progress.Finish(alike);
            start += alike.Count;
        }
    }
}
