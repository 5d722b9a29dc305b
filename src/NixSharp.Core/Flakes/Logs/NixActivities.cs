using System.Diagnostics;
using NixSharp.Processes;

namespace NixSharp.Flakes.Logs;

/// <summary>
/// What Nix is doing and has done, kept up to date from the lines of its log. Give it to <see cref="NixOptions.Activities"/>
/// and look at it as often as you like: it is safe for use by several threads.
/// </summary>
public sealed class NixActivities
{
    // A program that only pretends to be Nix must not fill the memory.
    private const int MaxRunning = 100_000;
    private const int MaxDiagnostics = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Entry> _running = [];
    private readonly Dictionary<NixActivityType, long> _expected = [];
    private readonly List<NixDiagnostic> _diagnostics = [];
    private NixActivityCount _builds;
    private NixActivityCount _copies;
    private long _doneBytes;

    /// <summary>The builds.</summary>
    public NixActivityCount Builds
    {
        get
        {
            lock (_lock)
            {
                return _builds;
            }
        }
    }

    /// <summary>The store paths that are copied or substituted.</summary>
    public NixActivityCount Copies
    {
        get
        {
            lock (_lock)
            {
                return _copies;
            }
        }
    }

    /// <summary>The bytes that were downloaded so far, and how many will be, where Nix knows.</summary>
    public (long Done, long Expected) Downloads
    {
        get
        {
            lock (_lock)
            {
                var running = _running.Values.Where(static entry => entry.Activity.Type == NixActivityType.FileTransfer).ToList();
                var done = _doneBytes + running.Sum(static entry => entry.Activity.Done);
                var expected = _doneBytes + running.Sum(static entry => entry.Activity.Expected);
                return (done, Math.Max(Math.Max(done, expected), _expected.GetValueOrDefault(NixActivityType.FileTransfer)));
            }
        }
    }

    /// <summary>The errors and warnings so far.</summary>
    public IReadOnlyList<NixDiagnostic> Diagnostics
    {
        get
        {
            lock (_lock)
            {
                return [.. _diagnostics];
            }
        }
    }

    /// <summary>What runs now, in the order in which it began.</summary>
    public IReadOnlyList<NixActivity> GetRunning()
    {
        lock (_lock)
        {
            return [.. _running.Values
                .OrderBy(static entry => entry.Started)
                .Select(static entry => entry.Activity with { Elapsed = Stopwatch.GetElapsedTime(entry.Started) })];
        }
    }

    /// <summary>Takes a line of the log.</summary>
    public void Add(NixLogLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        lock (_lock)
        {
            switch (line)
            {
                case NixLogLine.Start start:
                    Begin(start);
                    break;
                case NixLogLine.Stop stop:
                    End(stop.Id);
                    break;
                case NixLogLine.Result result when _running.TryGetValue(result.Id, out var entry):
                    Apply(result, entry);
                    break;
                default:
                    break;
            }
        }
    }

    internal void Add(NixDiagnostic diagnostic)
    {
        lock (_lock)
        {
            if (_diagnostics.Count < MaxDiagnostics)
            {
                _diagnostics.Add(diagnostic);
            }
        }
    }

    private void Begin(NixLogLine.Start start)
    {
        if (_running.Count == MaxRunning)
        {
            return;
        }

        var fields = start.Fields.OfType<string>().ToList();
        var activity = new NixActivity
        {
            Id = start.Id,
            Parent = start.Parent,
            Type = start.Type,
            Level = start.Level,
            Text = TerminalText.Strip(start.Text),
            Subject = fields.Count > 0 && fields[0].Length > 0 ? fields[0] : null,
            Place = fields.Count > 1 && fields[1].Length > 0 ? fields[1] : null,
        };
        _running[start.Id] = new Entry(activity, Stopwatch.GetTimestamp());
    }

    private void End(ulong id)
    {
        if (_running.Remove(id, out var entry) && entry.Activity.Type == NixActivityType.FileTransfer)
        {
            _doneBytes += entry.Activity.Done;
        }
    }

    private void Apply(NixLogLine.Result result, Entry entry)
    {
        var (activity, fields) = (entry.Activity, result.Fields);
        switch (result.Type)
        {
            case NixResultType.BuildLogLine or NixResultType.PostBuildLogLine when fields is [string text]:
                entry.Activity = activity with { LastLine = TerminalText.Strip(text) };
                break;
            case NixResultType.SetPhase when fields is [string phase]:
                entry.Activity = activity with { Phase = phase };
                break;
            case NixResultType.Progress when fields is [long done, long expected, long running, long failed]:
                var count = new NixActivityCount(done, expected, running, failed);
                _builds = activity.Type == NixActivityType.Builds ? count : _builds;
                _copies = activity.Type == NixActivityType.CopyPaths ? count : _copies;
                entry.Activity = activity with { Done = done, Expected = expected };
                break;
            case NixResultType.SetExpected when fields is [long type, long expected]:
                _expected[(NixActivityType)type] = expected;
                break;
            default:
                break;
        }
    }

    private sealed class Entry(NixActivity activity, long started)
    {
        public NixActivity Activity { get; set; } = activity;

        public long Started { get; } = started;
    }
}
