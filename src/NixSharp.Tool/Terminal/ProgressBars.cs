using Spectre.Console;

namespace NixSharp.Tool.Terminal;

/// <summary>A bar for each item that is being worked on.</summary>
internal sealed class ProgressBars(ProgressContext context) : IProgress<NixProgress>
{
    private readonly Dictionary<(string Activity, string Item), ProgressTask> _tasks = [];

    public void Report(NixProgress value)
    {
        lock (_tasks)
        {
            if (!_tasks.TryGetValue((value.Activity, value.Item), out var task))
            {
                task = context.AddTask($"{value.Activity} {value.Item}".EscapeMarkup());
                _tasks.Add((value.Activity, value.Item), task);
            }

            task.IsIndeterminate = value.Total is null;
            task.MaxValue = value.Total ?? Math.Max(1, value.Done);
            task.Value = value.Done;
        }
    }
}
