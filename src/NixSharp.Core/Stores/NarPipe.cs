using System.IO.Pipelines;
using System.Runtime.ExceptionServices;

namespace NixSharp.Stores;

/// <summary>
/// Lets one side write what the other reads, at the same time and with little memory between them. When one side fails
/// the other is ended too, and the failure that came first is the one that is reported.
/// </summary>
internal static class NarPipe
{
    private static readonly PipeOptions Options = new(
        pauseWriterThreshold: 1024 * 1024,
        resumeWriterThreshold: 512 * 1024,
        minimumSegmentSize: 64 * 1024,
        useSynchronizationContext: false);

    /// <summary>Runs both sides to their end.</summary>
    /// <param name="write">Writes to the stream that it is given.</param>
    /// <param name="read">Reads; need not read to the end, if it wants no more.</param>
    /// <param name="cancellationToken">Stops both.</param>
    public static async Task RunAsync(
        Func<Stream, CancellationToken, Task> write,
        Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellationToken)
    {
        var pipe = new Pipe(Options);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isRead = false;
        Exception? failure = null;
        var writing = Task.Run(WriteAsync, CancellationToken.None);
        try
        {
            await read(pipe.Reader.AsStream(leaveOpen: true), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref failure, error, null);
        }
        finally
        {
            // Whoever still writes learns that nobody reads.
            Volatile.Write(ref isRead, true);
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        async Task WriteAsync()
        {
            Exception? own = null;
            var output = new NarPipeStream(pipe.Writer);
            await using (output.ConfigureAwait(false))
            {
                try
                {
                    await write(output, ended.Token).ConfigureAwait(false);
                }
                catch (Exception error)
                {
                    own = error;
                    if (!Volatile.Read(ref isRead))
                    {
                        Interlocked.CompareExchange(ref failure, error, null);
                    }
                }
            }

            await pipe.Writer.CompleteAsync(own).ConfigureAwait(false);
        }
    }
}
