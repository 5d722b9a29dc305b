namespace NixSharp.Volumes;

/// <summary>
/// What is still to be linked, shared by the threads that link: first whole store paths, then folders that a busy
/// thread hands to an idle one. Ends when every thread is idle.
/// </summary>
internal sealed class LinkWork(IReadOnlyList<LinkItem> roots, int workers)
{
    private readonly object _gate = new();
    private readonly Stack<LinkItem> _handedOver = new();
    private int _nextRoot;
    private int _idle;
    private int _waiting;
    private bool _isStopped;

    /// <summary>Whether a thread waits for a folder. Read without a lock: a stale answer costs little.</summary>
    public bool IsWanted => Volatile.Read(ref _waiting) > 0;

    /// <summary>How many store paths were handed out.</summary>
    public int Started => Math.Min(Volatile.Read(ref _nextRoot), roots.Count);

    /// <summary>Gives the next piece of work; waits for one while others may still hand some over.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryTake(out LinkItem item)
    {
        lock (_gate)
        {
            _idle++;
            while (!_isStopped)
            {
                if (_handedOver.TryPop(out item) || TryTakeRoot(out item))
                {
                    _idle--;
                    return true;
                }

                if (_idle == workers)
                {
                    break;
                }

                _waiting++;
                Monitor.Wait(_gate);
            }

            Stop();
            item = default;
            return false;
        }
    }

    /// <summary>Hands a folder, opened on both sides, to another thread.</summary>
    public void HandOver(LinkItem item)
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                item.Dispose();
                return;
            }

            _handedOver.Push(item);
            _waiting--;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Gives the rest up.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            while (_handedOver.TryPop(out var item))
            {
                item.Dispose();
            }

            Monitor.PulseAll(_gate);
        }
    }

    private bool TryTakeRoot(out LinkItem item)
    {
        var isLeft = _nextRoot < roots.Count;
        item = isLeft ? roots[_nextRoot++] : default;
        return isLeft;
    }
}
