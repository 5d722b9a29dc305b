using System.Diagnostics;

namespace NixSharp.Registries;

/// <summary>
/// Lets so many requests through at a time as the registry takes well: fewer by half when it says that it is busy, one
/// more when as many as are allowed were answered about as fast as ever.
/// </summary>
internal sealed class RequestGate
{
    private const int Start = 4;
    private static readonly TimeSpan TimeBetweenCuts = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private readonly int _most;
    private TimeSpan _fastest = TimeSpan.MaxValue;
    private long _lastCut;
    private int _inUse;
    private int _answeredWell;

    /// <param name="connections">How many requests at once the caller wants at most; null leaves it to the registry.</param>
    public RequestGate(int? connections)
    {
        _most = connections ?? RegistryOptions.MostConnections;
        Limit = connections ?? Start;
    }

    /// <summary>How many are let through at a time now.</summary>
    public int Limit { get; private set; }

    /// <summary>Waits for a place; <see cref="Leave"/> gives it back.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> place;
        lock (_lock)
        {
            if (_inUse < Limit)
            {
                _inUse++;
                return;
            }

            place = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        using var registration = cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                if (place.List is not null)
                {
                    _waiting.Remove(place);
                    place.Value.TrySetCanceled(cancellationToken);
                }
            }
        });
        await place.Value.Task.ConfigureAwait(false);
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _inUse--;
            LetIn();
        }
    }

    /// <summary>Takes note of an answer.</summary>
    /// <param name="isBusy">Whether the registry said that it has too much to do.</param>
    /// <param name="latency">How long it took, where that says something about the registry.</param>
    public void Learn(bool isBusy, TimeSpan? latency)
    {
        lock (_lock)
        {
            if (isBusy)
            {
                // Those that were under way together are refused together, and count once.
                if (_lastCut == 0 || Stopwatch.GetElapsedTime(_lastCut) >= TimeBetweenCuts)
                {
                    Limit = Math.Max(1, Limit / 2);
                    _lastCut = Stopwatch.GetTimestamp();
                }

                _answeredWell = 0;
            }
            else if (latency is { } time)
            {
                _fastest = time < _fastest ? time : _fastest;
                _answeredWell = time <= (2 * _fastest) + Tolerance ? _answeredWell + 1 : 0;
                if (_answeredWell >= Limit && Limit < _most && _waiting.Count > 0)
                {
                    (Limit, _answeredWell) = (Limit + 1, 0);
                    LetIn();
                }
            }
        }
    }

    private void LetIn()
    {
        while (_inUse < Limit && _waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            _inUse++;
            next.Value.SetResult();
        }
    }
}
