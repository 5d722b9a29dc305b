using System.Buffers;
using System.ComponentModel;
using System.Runtime.ExceptionServices;
using Medallion.Shell;

namespace NixSharp.Processes;

/// <summary>One run: feeds the program, drains it, and stops it where it has to be stopped.</summary>
internal sealed class ProcessRun(ProcessCommand description, Command command)
{
    private const int TailLines = 50;
    private const int BufferSize = 32 * 1024;
    private readonly Queue<string> _errorTail = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private Exception? _failure;

    public async Task<ProcessResult> FinishAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var input = command.StandardInput.BaseStream;
        var feeding = Task.Run(() => WatchAsync(FeedAsync(input, stop.Token), stop), CancellationToken.None);
        var ended = Task.WhenAll(DrainAsync(stop), command.Task);
        try
        {
            await ended.WaitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(ended).ConfigureAwait(false);
            if (_failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            throw new OperationCanceledException($"'{description}' was stopped.", cancellationToken);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await feeding.ConfigureAwait(false);
        return new ProcessResult
        {
            ExitCode = (await command.Task.ConfigureAwait(false)).ExitCode,
            OutputBytes = _output.WrittenMemory,
            ErrorTail = [.. _errorTail],
        };
    }

    private async Task FeedAsync(Stream input, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while (description.StandardInput is { } source &&
                (count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0 &&
                await TryWriteAsync(input, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await CloseAsync(input).ConfigureAwait(false);
        }
    }

    /// <summary>False where the program reads no more: it need not read all, and its exit code tells whether it should have.</summary>
    private static async Task<bool> TryWriteAsync(Stream input, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await input.FlushAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task CloseAsync(Stream input)
    {
        try
        {
            await input.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The other end is closed already, which is what this is for.
            return;
        }
    }

    private Task DrainAsync(CancellationTokenSource stop)
    {
        var outputLines = description.OutputLines is { } lines ? new LineSplitter(lines.Report) : null;
        return Task.WhenAll(
            WatchAsync(ReadAsync(command.StandardOutput.BaseStream, outputLines, KeepOutput), stop),
            WatchAsync(ReadAsync(command.StandardError.BaseStream, new LineSplitter(AddErrorLine, description.ErrorLineLimit), null), stop));
    }

    /// <summary>Stops the program where its feeder or a reader failed, for which it would wait forever.</summary>
    private async Task WatchAsync(Task reading, CancellationTokenSource stop)
    {
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The run is over or being stopped for another reason, which is reported.
            return;
        }
    }

    private static async Task ReadAsync(Stream source, LineSplitter? lines, Action<ReadOnlyMemory<byte>>? keep)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while ((count = await source.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                keep?.Invoke(buffer.AsMemory(0, count));
                lines?.Add(buffer.AsSpan(0, count));
            }

            lines?.Complete();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void KeepOutput(ReadOnlyMemory<byte> bytes)
    {
        if (_output.WrittenCount + bytes.Length > description.OutputLimit)
        {
            throw new NixProcessException(
                NixErrorCodes.ProcessOutputTooLarge,
                $"'{description}' was stopped, because it printed more than the {description.OutputLimit} bytes that are kept. Ask it for less at a time.",
                description.ToString());
        }

        _output.Write(bytes.Span);
    }

    private void AddErrorLine(string line)
    {
        line = description.Redact(line);
        if (_errorTail.Count == TailLines)
        {
            _errorTail.Dequeue();
        }

        _errorTail.Enqueue(line);
        description.ErrorLines?.Report(line);
    }

    private async Task StopAsync(Task ended)
    {
        var tree = OperatingSystem.IsWindows() ? null : ProcessTree.Of(command.ProcessId);
        if (OperatingSystem.IsWindows())
        {
            await command.TrySignalAsync(CommandSignal.ControlC).ConfigureAwait(false);
        }
        else
        {
            tree!.Ask();
        }

        // Who ended well, ended badly or did not end is told apart by the caller, not here.
        await Task.WhenAny(ended, Task.Delay(description.GraceTime)).ConfigureAwait(false);
        KillTree();
        if (!OperatingSystem.IsWindows())
        {
            tree!.Kill();
        }

        await Task.WhenAny(command.Task, Task.Delay(description.GraceTime)).ConfigureAwait(false);
    }

    private void KillTree()
    {
        try
        {
            if (!command.Process.HasExited)
            {
                command.Process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or AggregateException)
        {
            // It ended between the question and the answer, or belongs to another user by now: there is no more to do.
            return;
        }
    }
}
