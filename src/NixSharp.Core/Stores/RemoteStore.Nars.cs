using NixSharp.Compression;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    /// <inheritdoc/>
    public async Task ReadNarAsync(StorePath path, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var info = await this.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
        var check = new NarCheck(info, destination);
        await using (check.ConfigureAwait(false))
        {
            if (FindFiles(path) is { } files)
            {
                await NarArchive.DumpAsync(files, check, cancellationToken).ConfigureAwait(false);
                check.Complete();
            }
            else
            {
                await _pool.UseAsync(
                    connection => connection.ReadNarAsync(path, info.NarSize, nar => CopyAsync(nar, check, cancellationToken), cancellationToken),
                    cancellationToken,
                    runsCallersCode: true).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(nar);
        options ??= AddNarOptions.Default;
        if (!options.Repair && (await QueryValidPathsAsync([info.Path], cancellationToken: cancellationToken).ConfigureAwait(false)).Count > 0)
        {
            return;
        }

        await _pool.UseAsync(
            connection =>
            {
                var request = new AddNarRequest(info, options.Repair, options.CheckSignatures);
                return connection.Version.Has(23)
                    ? connection.SendAsync(
                        WorkerOperation.AddToStoreNar,
                        request.Write,
                        (writer, cancellation) => DaemonConnection.Framed(writer, frames => NarSending.CopyAsync(nar, frames, cancellation), cancellation),
                        NoAnswer,
                        cancellationToken)
                    : connection.SendOnDemandAsync(WorkerOperation.AddToStoreNar, request.Write, nar, NoAnswer, cancellationToken);
            },
            cancellationToken,
            runsCallersCode: true).ConfigureAwait(false);
    }

    /// <summary>Takes several objects in with one request, where the daemon can: since 1.32.</summary>
    /// <inheritdoc cref="INarAdder.AddNarsAsync"/>
    public async Task AddNarsAsync(IReadOnlyList<NarSource> nars, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nars);
        options ??= AddNarOptions.Default;
        var known = options.Repair || nars.Count == 0
            ? []
            : (await QueryValidPathsAsync([.. nars.Select(static nar => nar.Info.Path)], cancellationToken: cancellationToken).ConfigureAwait(false)).ToHashSet();
        var wanted = nars.Where(nar => !known.Contains(nar.Info.Path)).DistinctBy(static nar => nar.Info.Path).ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        var isSent = await _pool.UseAsync(
            async connection => connection.Version.Has(32) && await connection.SendAsync(
                WorkerOperation.AddMultipleToStore,
                writer =>
                {
                    writer.WriteBoolean(options.Repair);
                    writer.WriteBoolean(!options.CheckSignatures);
                },
                (writer, cancellation) => DaemonConnection.Framed(writer, frames => NarSending.WriteAllAsync(wanted, frames, StoreDirectory, cancellation), cancellation),
                NoAnswer,
                cancellationToken).ConfigureAwait(false),
            cancellationToken,
            runsCallersCode: true).ConfigureAwait(false);
        foreach (var nar in isSent ? [] : wanted)
        {
            await NarPipe.RunAsync(nar.WriteNarAsync, (stream, token) => AddNarAsync(nar.Info, stream, options, token), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where the files of a path are on this machine, if they are.</summary>
    private protected virtual string? FindFiles(StorePath path) => null;

    private static async Task<bool> CopyAsync(Stream nar, NarCheck check, CancellationToken cancellationToken)
    {
        using var block = new PooledBlock(WireFormat.FrameSize);
        while (await nar.ReadAsync(block.Buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            await CallerFailure.GuardAsync(() => check.WriteAsync(block.Buffer.AsMemory(0, count), cancellationToken)).ConfigureAwait(false);
        }

        CallerFailure.Guard(check.Complete);
        return true;
    }
}
