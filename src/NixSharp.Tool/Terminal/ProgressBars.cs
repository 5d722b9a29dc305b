using System.Globalization;
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
            var description = $"{value.Activity} {value.Item} {Amount(value)}".EscapeMarkup();
            if (!_tasks.TryGetValue((value.Activity, value.Item), out var task))
            {
                task = context.AddTask(description);
                _tasks.Add((value.Activity, value.Item), task);
            }

            task.Description = description;
            task.IsIndeterminate = value.Total is null;
            task.MaxValue = value.Total ?? double.MaxValue;
            task.Value = value.Done;
        }
    }

    private static string Amount(NixProgress value)
    {
        var done = Count(value.Done);
        return value.Total is { } total ? $"{done} of {Count(total)}" : done;

        string Count(long number) => value.Unit == ProgressUnit.Bytes ? ByteSize.Format(number) : number.ToString(CultureInfo.InvariantCulture);
    }
}
