using NixSharp.StorePaths;

namespace NixSharp.Building;

/// <summary>
/// Which derivation waits for which. A derivation names those that it needs by the hash of what they are, so none can need
/// itself; one that another derivation makes can name anything, and so wait for itself forever.
/// </summary>
internal sealed class WaitGraph
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StorePath, HashSet<StorePath>> _waits = [];
    private bool _hasMade;

    /// <summary>Remembers that one waits for another.</summary>
    /// <param name="waiting">Who waits.</param>
    /// <param name="awaited">Who is waited for.</param>
    /// <param name="isMade">Whether that was made by a derivation.</param>
    /// <exception cref="BuildFailure">The other one waits for the first already.</exception>
    public void Add(StorePath waiting, StorePath awaited, bool isMade)
    {
        lock (_gate)
        {
            _hasMade |= isMade;
            if (!_waits.TryGetValue(waiting, out var all))
            {
                _waits.Add(waiting, all = []);
            }

            all.Add(awaited);
            if (_hasMade && Reaches(awaited, waiting))
            {
                throw BuildFailure.Rejected($"it needs itself, through {awaited}, which another derivation made.");
            }
        }
    }

    private bool Reaches(StorePath from, StorePath to)
    {
        var seen = new HashSet<StorePath> { from };
        var open = new Stack<StorePath>(seen);
        while (open.TryPop(out var path))
        {
            if (path == to)
            {
                return true;
            }

            foreach (var next in _waits.GetValueOrDefault(path, []).Where(seen.Add))
            {
                open.Push(next);
            }
        }

        return false;
    }
}
