using System.ComponentModel;
using System.Diagnostics;
using NixSharp.Compression;
using NixSharp.Processes;

namespace NixSharp.Stores.Protocol;

/// <summary>A connection through a program's standard input and output, such as <c>ssh</c>'s. What it prints besides explains why it ended.</summary>
internal sealed class ProgramChannel : DaemonChannel
{
    private const int TailLines = 10;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);
    private readonly ProcessCommand _command;
    private readonly Process _process;
    private readonly Queue<string> _lastWords = new();
    private readonly Task _listening;
    private volatile bool _isAborted;

    private ProgramChannel(ProcessCommand command, Process process)
    {
        _command = command;
        _process = process;
        Input = process.StandardOutput.BaseStream;
        Output = process.StandardInput.BaseStream;
        _listening = Task.Run(ListenAsync);
    }

    public override Stream Input { get; }

    public override Stream Output { get; }

    public override bool IsQuiet => !_process.HasExited;

    /// <summary>Starts the program.</summary>
    /// <exception cref="NixProcessException">There is no such program, or it cannot be started.</exception>
    public static ProgramChannel Start(ProcessCommand command)
    {
        var start = new ProcessStartInfo(command.FindProgram())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return new ProgramChannel(command, Process.Start(start)!);
        }
        catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException)
        {
            throw new NixProcessException(
                NixErrorCodes.ProcessNotStarted,
                $"'{command}' cannot be started: {error.Message}. Check that {start.FileName} may be executed on this machine.",
                command.ToString(),
                error);
        }
    }

    public override void Abort()
    {
        _isAborted = true;
        Kill();
    }

    public override async ValueTask<string> ExplainAsync()
    {
        // The end of its output is seen before the program itself has ended.
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(Farewell)).ConfigureAwait(false);
        await Task.WhenAny(_listening, Task.Delay(Farewell)).ConfigureAwait(false);
        var how = _isAborted || !_process.HasExited ? "" : $"'{_command}' ended with exit code {_process.ExitCode}. ";
        lock (_lastWords)
        {
            return _lastWords.Count == 0 ? how.TrimEnd() : $"{how}Its last words: {string.Join('\n', _lastWords)}";
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Output.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It reads no more, which is what this is for.
        }

        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(Farewell)).ConfigureAwait(false);
        Kill();
        await _listening.ConfigureAwait(false);
        await Input.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    private async Task ListenAsync()
    {
        using var block = new PooledBlock(4096);
        var lines = new LineSplitter(Remember);
        while (await _process.StandardError.BaseStream.ReadAsync(block.Buffer).ConfigureAwait(false) is var count and > 0)
        {
            lines.Add(block.Buffer.AsSpan(0, count));
        }

        lines.Complete();
    }

    private void Remember(string line)
    {
        lock (_lastWords)
        {
            if (_lastWords.Count == TailLines)
            {
                _lastWords.Dequeue();
            }

            _lastWords.Enqueue(line);
        }
    }
}
