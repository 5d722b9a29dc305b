using NixSharp.Compression;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

internal sealed partial class DaemonConnection
{
    /// <summary>How many requests may wait for their answers; so few that they fit into the buffers of any socket or pipe.</summary>
    private const int Ahead = 64;

    /// <summary>Asks for something.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="write">Writes what belongs to the question.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="listener">Told what the daemon says meanwhile.</param>
    /// <param name="cancellationToken">Ends the connection, and with it the work.</param>
    public Task<T> AskAsync<T>(
        WorkerOperation operation,
        Action<WireWriter> write,
        Func<WireReader, CancellationToken, ValueTask<T>> read,
        Action<DaemonMessage>? listener,
        CancellationToken cancellationToken) => AskAsync(operation, write, null, read, listener, cancellationToken);

    /// <summary>Asks the same for several things, without waiting for one answer before the next question.</summary>
    public Task<List<TAnswer>> AskManyAsync<TItem, TAnswer>(
        WorkerOperation operation,
        IReadOnlyList<TItem> items,
        Action<WireWriter, TItem> write,
        Func<WireReader, TItem, CancellationToken, ValueTask<TAnswer>> read,
        CancellationToken cancellationToken) => RunAsync(
            operation.ToString(),
            async () =>
            {
                var answers = new List<TAnswer>();
                for (var asked = 0; answers.Count < items.Count;)
                {
                    if (asked - answers.Count <= Ahead / 2 && asked < items.Count)
                    {
                        for (; asked < items.Count && asked - answers.Count < Ahead; asked++)
                        {
                            _writer.WriteNumber((ulong)operation);
                            write(_writer, items[asked]);
                        }

                        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                    }

                    await ListenAsync(null, null, cancellationToken).ConfigureAwait(false);
                    answers.Add(await read(_reader, items[answers.Count], cancellationToken).ConfigureAwait(false));
                }

                return answers;
            },
            cancellationToken);

    /// <summary>Asks for something that a stream belongs to, and listens while that is sent: a daemon that nobody listens to stops reading.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="write">Writes what comes before the stream.</param>
    /// <param name="send">Writes the stream, with <see cref="Framed"/> or as it is.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellationToken">Ends the connection, and with it the work.</param>
    public Task<T> SendAsync<T>(
        WorkerOperation operation,
        Action<WireWriter> write,
        Func<WireWriter, CancellationToken, Task> send,
        Func<WireReader, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken) => RunAsync(
            operation.ToString(),
            async () =>
            {
                _writer.WriteNumber((ulong)operation);
                write(_writer);
                await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var sending = Task.Run(() => send(_writer, stop.Token), CancellationToken.None);
                var listening = ListenAsync(null, null, stop.Token);
                try
                {
                    if (await Task.WhenAny(sending, listening).ConfigureAwait(false) == sending && !IsBroken(sending.Exception?.InnerException))
                    {
                        await sending.ConfigureAwait(false);
                    }

                    // Where the connection broke the daemon's own reason, if it said one, is the better one.
                    await listening.ConfigureAwait(false);
                    await sending.ConfigureAwait(false);
                }
                catch
                {
                    Abort();
                    await stop.CancelAsync().ConfigureAwait(false);
                    await Task.WhenAll(sending, listening).ContinueWith(static all => _ = all.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
                    throw;
                }

                return await read(_reader, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Asks for something whose stream the daemon asks for piece by piece, as before version 1.23.</summary>
    public Task<T> SendOnDemandAsync<T>(
        WorkerOperation operation,
        Action<WireWriter> write,
        Stream source,
        Func<WireReader, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken) => AskAsync(operation, write, source, read, null, cancellationToken);

    /// <summary>Asks for a NAR, whose size must be known.</summary>
    /// <param name="path">The path.</param>
    /// <param name="size">The NAR's size in bytes.</param>
    /// <param name="take">Reads all of the stream that it is given, which ends after <paramref name="size"/> bytes.</param>
    /// <param name="cancellationToken">Ends the connection.</param>
    public Task<T> ReadNarAsync<T>(StorePath path, long size, Func<Stream, Task<T>> take, CancellationToken cancellationToken) => AskAsync(
        WorkerOperation.NarFromPath,
        writer => writer.WritePath(path),
        async (reader, _) =>
        {
            var nar = new WireStream(reader, size);
            await using (nar.ConfigureAwait(false))
            {
                return await take(nar).ConfigureAwait(false);
            }
        },
        null,
        cancellationToken);

    /// <summary>Tells the daemon settings, which it keeps for all of the connection.</summary>
    public async Task SetOptionsAsync(ClientOptions options, CancellationToken cancellationToken)
    {
        HasOptions = true;
        await AskAsync(WorkerOperation.SetOptions, options.Write, static (_, _) => ValueTask.FromResult(true), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what is written to a stream in frames.</summary>
    public static async Task Framed(WireWriter writer, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var frames = new FrameWriter(writer);
        await using (frames.ConfigureAwait(false))
        {
            await write(frames).ConfigureAwait(false);
            await frames.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Listens until the daemon says that its work is done.</summary>
    /// <exception cref="RemoteFailure">It failed.</exception>
    private async Task ListenAsync(Action<DaemonMessage>? listener, Stream? source, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await _reader.ReadMessageAsync(cancellationToken).ConfigureAwait(false);
            switch (message)
            {
                case DaemonMessage.Last:
                    return;
                case DaemonMessage.Error error:
                    throw new RemoteFailure(error.Reason);
                case DaemonMessage.Read wanted when source is not null:
                    await AnswerAsync(source, wanted.Count, cancellationToken).ConfigureAwait(false);
                    break;
                case DaemonMessage.Read or DaemonMessage.Write:
                    throw _reader.Invalid("the daemon asks for, or sends, a stream that does not belong to the request");
                default:
                    if (listener is not null)
                    {
                        CallerFailure.Guard(() => listener(message));
                    }

                    break;
            }
        }
    }

    private async Task AnswerAsync(Stream source, long wanted, CancellationToken cancellationToken)
    {
        using var block = new PooledBlock((int)Math.Clamp(wanted, 1, WireFormat.FrameSize));
        block.Length = await CallerFailure.GuardAsync(() => source.ReadAsync(block.Buffer.AsMemory(0, block.Capacity), cancellationToken)).ConfigureAwait(false);
        _writer.WriteBytes(block.Span);
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<T> AskAsync<T>(
        WorkerOperation operation,
        Action<WireWriter> write,
        Stream? source,
        Func<WireReader, CancellationToken, ValueTask<T>> read,
        Action<DaemonMessage>? listener,
        CancellationToken cancellationToken) => RunAsync(
            operation.ToString(),
            async () =>
            {
                _writer.WriteNumber((ulong)operation);
                write(_writer);
                await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                await ListenAsync(listener, source, cancellationToken).ConfigureAwait(false);
                return await read(_reader, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
}
