using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Native;
using NixSharp.Processes;

namespace NixSharp.Building;

/// <summary>One run of a builder in its sandbox.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SandboxProcess(Sandbox sandbox, SandboxFiles files, BuildLimits limits)
{
    private const nuint AskOnly = 0xffffffff;
    private const nuint NoRandomAddresses = 0x0040000;
    private const nuint Linux32 = 0x0008;
    private const int BufferSize = 32 * 1024;
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(10);

    private volatile bool _cancelled;

    /// <summary>Runs the builder to its end, or until a limit is reached or <paramref name="cancellationToken"/> asks for an end.</summary>
    /// <param name="output">Gets what the builder prints, in pieces.</param>
    /// <param name="cancellationToken">Ends the builder and all that it started.</param>
    public Task<SandboxExit> RunAsync(Action<ReadOnlyMemory<byte>> output, CancellationToken cancellationToken)
    {
        // The kernel ends the sandbox with the thread that started it, so that thread has to stay until the end.
        var done = new TaskCompletionSource<SandboxExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(Run(output, cancellationToken));
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        })
        {
            IsBackground = true,
            Name = "NixSharp builder",
        };
        thread.Start();
        return done.Task;
    }

    private SandboxExit Run(Action<ReadOnlyMemory<byte>> output, CancellationToken cancellationToken)
    {
        using var terminal = PseudoTerminal.Open();
        files.Write(terminal.Path);
        using var process = Start();

        // Until it has ended, there may be moments in which it has the terminal not open yet.
        process.Exited += (_, _) => terminal.CloseSlave();
        process.EnableRaisingEvents = true;
        using var registration = cancellationToken.Register(() =>
        {
            _cancelled = true;
            Kill(process);
        });
        BuildStop? stop;
        try
        {
            stop = Follow(terminal, process, output);
        }
        catch
        {
            Kill(process);
            process.WaitForExit(KillTime);
            throw;
        }

        process.WaitForExit();
        return new SandboxExit(ReadExitCode(), _cancelled ? BuildStop.Cancelled : stop);
    }

    private BuildStop? Follow(PseudoTerminal terminal, Process process, Action<ReadOnlyMemory<byte>> output)
    {
        var buffer = new byte[BufferSize];
        var (started, heard, printed) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp(), 0L);
        BuildStop? stop = null;
        long? killed = null;
        while (true)
        {
            var left = Left(limits.Time, started);
            var silence = Left(limits.Silence, heard);
            var wait = killed is { } since ? Left(KillTime, since) : left is null || silence < left ? silence ?? left : left;
            var count = terminal.Read(buffer, wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
            if (count == 0 || (count < 0 && killed is not null))
            {
                return stop;
            }

            if (killed is not null)
            {
                continue;
            }

            if (count > 0)
            {
                heard = Stopwatch.GetTimestamp();
                printed += count;
                output(buffer.AsMemory(0, count));
            }

            stop = printed > limits.LogSize ? BuildStop.LogSize
                : Left(limits.Time, started) <= TimeSpan.Zero ? BuildStop.Timeout
                : Left(limits.Silence, heard) <= TimeSpan.Zero ? BuildStop.Silence
                : null;
            if (stop is not null)
            {
                killed = Stopwatch.GetTimestamp();
                Kill(process);
            }
        }
    }

    private static TimeSpan? Left(TimeSpan? limit, long since) => limit - Stopwatch.GetElapsedTime(since);

    private Process Start()
    {
        // Both are the thread's own, and a program that is started inherits them.
        var before = LibC.Personality(AskOnly);
        _ = LibC.Personality((nuint)before | NoRandomAddresses | (sandbox.Is32Bit ? Linux32 : 0));
        try
        {
            var info = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
            info.ArgumentList.Add(files.Script);
            info.Environment.Clear();
            return Process.Start(info)!;
        }
        catch (Win32Exception error)
        {
            throw Bubblewrap.Unavailable($"/bin/sh cannot be started: {error.Message}", error);
        }
        finally
        {
            _ = LibC.Personality((nuint)before);
        }
    }

    /// <summary>Ends bubblewrap and the sandbox's first process, with which the kernel ends all others.</summary>
    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            ProcessTree.Freeze(process.Id);
            ProcessTree.Of(process.Id).Kill();
        }
    }

    /// <summary>The exit code that bubblewrap tells; it tells none where the sandbox could not be made.</summary>
    private int? ReadExitCode()
    {
        if (!File.Exists(files.StatusFile))
        {
            return null;
        }

        foreach (var line in File.ReadLines(files.StatusFile))
        {
            if (line.Contains("exit-code", StringComparison.Ordinal) && JsonText.Parse(line) is JObject status)
            {
                return (int?)status["exit-code"];
            }
        }

        return null;
    }
}
