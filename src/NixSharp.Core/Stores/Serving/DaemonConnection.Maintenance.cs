using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

internal sealed partial class DaemonConnection
{
    private IStoreRoots Roots => _store.Require<IStoreRoots>("keep GC roots");

    private IGarbageCollector Collector => _store.Require<IGarbageCollector>("collect garbage");

    private async Task AddTemporaryRootAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                // A store without garbage collection keeps everything.
                await (_store is IStoreRoots roots ? roots.AddTemporaryRootAsync(path, token) : Task.CompletedTask).ConfigureAwait(false);
                return true;
            },
            _writer.WriteBoolean,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task AddIndirectRootAsync(CancellationToken cancellationToken)
    {
        var link = await _reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                await _store.Require<IIndirectRoots>("keep what a symlink leads to").AddIndirectRootAsync(link, token).ConfigureAwait(false);
                return true;
            },
            _writer.WriteBoolean,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task AddRootAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        var link = await _reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                RequireTrust("make GC roots in the daemon's name");
                await Roots.AddRootAsync(link, path, token).ConfigureAwait(false);
                return link;
            },
            _writer.WriteString,
            cancellationToken).ConfigureAwait(false);
    }

    private Task FindRootsAsync(CancellationToken cancellationToken) => AnswerAsync(
        async token =>
        {
            var roots = await Roots.FindRootsAsync(token).ConfigureAwait(false);

            // Others' processes and files are not a stranger's business.
            return roots.Where(root => _isTrusted || root.Source.StartsWith('/')).DistinctBy(static root => root.Source).OrderBy(static root => root.Source, StringComparer.Ordinal).ToList();
        },
        _writer.WriteRoots,
        cancellationToken);

    private async Task CollectGarbageAsync(CancellationToken cancellationToken)
    {
        var request = await GarbageRequest.ReadAsync(_reader, cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => CollectAsync(request, token), result => GarbageRequest.WriteResult(_writer, result), cancellationToken).ConfigureAwait(false);
    }

    private async Task<GarbageResult> CollectAsync(GarbageRequest request, CancellationToken cancellationToken)
    {
        if (request.IgnoreLiveness)
        {
            throw new NixStoreException(NixErrorCodes.ClientNotTrusted, "Paths that are needed are not deleted over a connection. Delete what needs them first.");
        }

        switch (request.Action)
        {
            case GarbageAction.ReturnLive:
                return new GarbageResult(await FindLiveAsync(cancellationToken).ConfigureAwait(false), 0);
            case GarbageAction.DeleteSpecific:
                var freed = 0L;
                foreach (var path in request.Paths)
                {
                    var info = await _store.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
                    await Collector.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
                    freed += info.NarSize;
                }

                return new GarbageResult([.. request.Paths], freed);
            default:
                return await Collector.CollectGarbageAsync(
                    new GarbageOptions
                    {
                        DryRun = request.Action == GarbageAction.ReturnDead,
                        MaxFreed = request.MaxFreed <= long.MaxValue ? (long)request.MaxFreed : null,
                    },
                    cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<StorePath>> FindLiveAsync(CancellationToken cancellationToken)
    {
        var lister = _store.Require<IPathLister>("list its paths");
        var dead = await Collector.CollectGarbageAsync(new GarbageOptions { DryRun = true }, cancellationToken).ConfigureAwait(false);
        return [.. (await lister.ListAsync(cancellationToken).ConfigureAwait(false)).Except(dead.Paths)];
    }

    private Task OptimiseAsync(CancellationToken cancellationToken) => AnswerAsync(
        async token =>
        {
            await _store.Require<IStoreOptimiser>("be optimised").OptimiseAsync(cancellationToken: token).ConfigureAwait(false);
            return true;
        },
        _writer.WriteBoolean,
        cancellationToken);

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var contents = await _reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false);
        var repair = await _reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                if (repair)
                {
                    RequireTrust("repair paths");
                }

                var verifier = _store.Require<IStoreVerifier>("be verified");
                var result = await verifier.VerifyAsync(new VerifyOptions { CheckContents = contents, Repair = repair }, token).ConfigureAwait(false);
                foreach (var problem in result.Problems)
                {
                    _log.Say(new DaemonMessage.Next($"{(problem.Path is { } path ? $"{path}: " : "")}{problem.Description}\n"));
                }

                return !result.IsSound;
            },
            _writer.WriteBoolean,
            cancellationToken).ConfigureAwait(false);
    }
}
