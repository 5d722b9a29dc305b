using NixSharp.Processes;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>Makes lines of a log, and progress, of what a daemon says while it builds.</summary>
internal sealed class BuildLog(BuildOptions options, StoreDirectory directory)
{
    /// <summary>More things than this are never under way at once.</summary>
    private const int MaxActivities = 100_000;

    private readonly Dictionary<ulong, (NixActivityType Type, StorePath? Derivation)> _activities = [];
    private string _current = "";

    public void Take(DaemonMessage message)
    {
        switch (message)
        {
            case DaemonMessage.Next next:
                foreach (var line in TerminalText.Strip(next.Text).TrimEnd('\n').Split('\n'))
                {
                    options.Log?.Invoke(new BuildLogLine(null, line));
                }

                break;
            case DaemonMessage.StartActivity start:
                Start(start);
                break;
            case DaemonMessage.StopActivity stop:
                _activities.Remove(stop.Id);
                break;
            case DaemonMessage.Result result when _activities.TryGetValue(result.Id, out var activity):
                Take(result, activity.Type, activity.Derivation);
                break;
        }
    }

    private void Start(DaemonMessage.StartActivity start)
    {
        var derivation = start.Type == NixActivityType.Build && start.Fields is [{ Text: { } text }, ..] && StorePath.TryParse(text, directory, out var path)
            ? path
            : (StorePath?)null;
        if (_activities.Count < MaxActivities)
        {
            _activities[start.Id] = (start.Type, derivation);
        }

        if (start.Type is NixActivityType.Build or NixActivityType.CopyPath or NixActivityType.Substitute)
        {
            _current = derivation?.Name ?? (start.Fields is [{ Text: { } item }, ..] ? item : _current);
        }

        if (start.Text.Length > 0 && start.Level <= 3)
        {
            options.Log?.Invoke(new BuildLogLine(null, TerminalText.Strip(start.Text)));
        }
    }

    private void Take(DaemonMessage.Result result, NixActivityType type, StorePath? derivation)
    {
        switch (result.Type)
        {
            case NixResultType.BuildLogLine or NixResultType.PostBuildLogLine when result.Fields is [{ Text: { } line }, ..]:
                options.Log?.Invoke(new BuildLogLine(derivation, line));
                break;
            case NixResultType.Progress when type is NixActivityType.Builds or NixActivityType.CopyPaths && result.Fields is [{ Text: null, Number: var done }, { Text: null, Number: var expected }, ..] && expected > 0:
                options.Progress?.Report(new NixProgress(
                    type == NixActivityType.Builds ? "building" : "copying",
                    _current,
                    (long)Math.Min(done, long.MaxValue),
                    (long)Math.Min(expected, long.MaxValue),
                    ProgressUnit.Items));
                break;
        }
    }
}
