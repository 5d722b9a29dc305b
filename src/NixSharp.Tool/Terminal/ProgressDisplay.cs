using System.CommandLine;
using Spectre.Console;

namespace NixSharp.Tool.Terminal;

/// <summary>Shows progress on standard error: bars on a terminal, a line for each new activity elsewhere.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs <paramref name="action"/> and shows what it reports, unless the command line asks for quiet.</summary>
    public static async Task<T> RunAsync<T>(ParseResult parsed, Func<IProgress<NixProgress>?, Task<T>> action)
    {
        if (parsed.GetValue(GlobalOptions.Quiet))
        {
            return await action(null).ConfigureAwait(false);
        }

        if (Console.IsErrorRedirected)
        {
            return await action(new ProgressLines()).ConfigureAwait(false);
        }

        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await terminal.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
            .StartAsync(context => action(new ProgressBars(context)))
            .ConfigureAwait(false);
    }
}
