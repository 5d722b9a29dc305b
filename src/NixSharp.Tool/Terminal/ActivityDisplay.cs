using System.CommandLine;
using NixSharp.Flakes.Logs;
using Spectre.Console;

namespace NixSharp.Tool.Terminal;

/// <summary>Shows what Nix does on standard error: a live tree on a terminal, its lines elsewhere.</summary>
internal static class ActivityDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs <paramref name="action"/> and shows what it does, unless the command line asks for quiet.</summary>
    public static async Task<T> RunAsync<T>(ParseResult parsed, Func<NixActivities?, IProgress<string>?, Task<T>> action)
    {
        if (parsed.GetValue(GlobalOptions.Quiet))
        {
            return await action(null, null).ConfigureAwait(false);
        }

        if (Console.IsErrorRedirected || parsed.GetValue(GlobalOptions.Verbose))
        {
            return await action(null, new ErrorLines()).ConfigureAwait(false);
        }

        var activities = new NixActivities();
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await terminal.Live(ActivityTree.Draw(activities)).AutoClear(true).StartAsync(async context =>
        {
            var work = action(activities, null);
            while (await Task.WhenAny(work, Task.Delay(Interval)).ConfigureAwait(false) != work)
            {
                context.UpdateTarget(ActivityTree.Draw(activities));
            }

            return await work.ConfigureAwait(false);
        }).ConfigureAwait(false);
    }
}
