using System.Diagnostics;
using System.Globalization;

namespace NixSharp.Benchmarks;

/// <summary>Times shell scripts, and watches the memory of the processes that they start.</summary>
internal static class ScriptTimer
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(15);

    public static async Task<Sample> RunAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-euc");
        start.ArgumentList.Add(script);
        start.Environment["NIX_CONFIG"] = Testing.RealNix.Configuration;
        start.Environment["XDG_CACHE_HOME"] = Workshop.Cache;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var done = new CancellationTokenSource();
        var watching = WatchAsync(process.Id, done.Token);
        await process.WaitForExitAsync();
        clock.Stop();
        await done.CancelAsync();
        var peak = await watching;
        await output;
        return process.ExitCode == 0
            ? new Sample(clock.Elapsed.TotalSeconds, peak)
            : throw new InvalidOperationException($"exit code {process.ExitCode} from: {script}\n{await output}\n{await error}");
    }

    private static async Task<long> WatchAsync(int root, CancellationToken done)
    {
        long peak = 0;
        while (!done.IsCancellationRequested)
        {
            foreach (var process in Descendants(root))
            {
                peak = Math.Max(peak, PeakOf(process));
            }

            await Task.Delay(WatchInterval, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return peak;
    }

    private static IEnumerable<int> Descendants(int root)
    {
        var pending = new Stack<int>([root]);
        while (pending.TryPop(out var current))
        {
            yield return current;
            foreach (var child in Read($"/proc/{current}/task/{current}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                pending.Push(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }
    }

    private static long PeakOf(int process)
    {
        const string Field = "VmHWM:";
        var line = Read($"/proc/{process}/status").Split('\n').FirstOrDefault(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The process is gone.
            return "";
        }
    }
}
