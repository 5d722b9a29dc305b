using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

/// <summary>What is said to a client while something is done for it. Several threads may say something at once.</summary>
internal sealed class DaemonLog(WireWriter writer)
{
    private const int Info = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<StorePath, ulong> _builds = [];
    private ulong _lastId = (ulong)Environment.ProcessId << 32;
    private bool _isOpen;

    public void Open()
    {
        lock (_gate)
        {
            _isOpen = true;
        }
    }

    /// <summary>Says a message at once, unless the work is over.</summary>
    public void Say(DaemonMessage message)
    {
        lock (_gate)
        {
            SayLocked(message);
        }
    }

    /// <summary>Passes on a line that a build wrote.</summary>
    public void SayLine(BuildLogLine line)
    {
        lock (_gate)
        {
            if (line.Derivation is not { } derivation)
            {
                SayLocked(new DaemonMessage.Next(line.Text + "\n"));
                return;
            }

            if (!_builds.TryGetValue(derivation, out var id))
            {
                id = ++_lastId;
                _builds.Add(derivation, id);
                SayLocked(new DaemonMessage.StartActivity(id, Info, NixActivityType.Build, $"building '{derivation}'", [derivation.ToString(), "", 1UL, 1UL], 0));
            }

            SayLocked(new DaemonMessage.Result(id, NixResultType.BuildLogLine, [line.Text]));
        }
    }

    /// <summary>Ends what was said with the last message or an error; nothing is said after it.</summary>
    public void Close(DaemonMessage last)
    {
        lock (_gate)
        {
            foreach (var id in _builds.Values)
            {
                SayLocked(new DaemonMessage.StopActivity(id));
            }

            _builds.Clear();
            _isOpen = false;
            writer.WriteMessage(last);
        }
    }

    private void SayLocked(DaemonMessage message)
    {
        if (_isOpen)
        {
            writer.WriteMessage(message);
            writer.WriteThrough([]);
        }
    }
}
