namespace NixSharp.Csi.Realising;

/// <summary>
/// Does each piece of work once, however many ask for it, and goes on with it when they have stopped waiting. What came
/// out, a failure as well, is kept until somebody has heard of it.
/// </summary>
/// <param name="keep">How long an outcome that nobody asks for is kept.</param>
/// <param name="time">The clock.</param>
internal sealed class Flights<TKey, T>(TimeSpan keep, TimeProvider? time = null)
    where TKey : notnull
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly object _gate = new();
    private readonly Dictionary<TKey, Flight<T>> _flights = [];
    private readonly Dictionary<TKey, long> _landed = [];

    /// <summary>How many pieces of work are under way.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _flights.Values.Count(static flight => !flight.Task.IsCompleted);
            }
        }
    }

    /// <summary>Joins the work, or begins it.</summary>
    /// <param name="key">What tells it from other work.</param>
    /// <param name="work">Does it.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting; the work goes on.</param>
    /// <exception cref="TimeoutException">It goes on for longer than the caller waits.</exception>
    public async Task<T> JoinAsync(TKey key, Func<Task<T>> work, TimeSpan patience, CancellationToken cancellationToken)
    {
        var flight = Find(key, work);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (await Task.WhenAny(flight.Task, Task.Delay(patience, _time, waiting.Token)).ConfigureAwait(false) == flight.Task)
        {
            // Whoever sees the outcome is the one that it was kept for.
            await waiting.CancelAsync().ConfigureAwait(false);
            Forget(key, flight);
            return await flight.Task.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException();
    }

    /// <summary>How long ago the work began; null where it is not under way.</summary>
    public TimeSpan? AgeOf(TKey key)
    {
        lock (_gate)
        {
            return _flights.TryGetValue(key, out var flight) ? flight.Age : null;
        }
    }

    /// <summary>Forgets outcomes that nobody has asked for.</summary>
    public void Prune()
    {
        lock (_gate)
        {
            foreach (var (key, landed) in _landed.ToList())
            {
                if (_time.GetElapsedTime(landed) > keep)
                {
                    _flights.Remove(key);
                    _landed.Remove(key);
                }
            }
        }
    }

    /// <summary>Waits until no work is under way.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_flights.Values.Select(static flight => flight.Task)).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private Flight<T> Find(TKey key, Func<Task<T>> work)
    {
        lock (_gate)
        {
            if (_flights.TryGetValue(key, out var flight))
            {
                return flight;
            }

            flight = new Flight<T>(Task.Run(work), _time);
            _flights.Add(key, flight);
            _ = flight.Task.ContinueWith(_ => Land(key, flight), TaskScheduler.Default);
            return flight;
        }
    }

    private void Land(TKey key, Flight<T> flight)
    {
        lock (_gate)
        {
            // Reading the exception keeps it from being reported as one that nobody saw.
            _ = flight.Task.Exception;
            if (_flights.TryGetValue(key, out var current) && current == flight)
            {
                _landed[key] = _time.GetTimestamp();
            }
        }
    }

    private void Forget(TKey key, Flight<T> flight)
    {
        lock (_gate)
        {
            if (_flights.TryGetValue(key, out var current) && current == flight)
            {
                _flights.Remove(key);
                _landed.Remove(key);
            }
        }
    }
}
