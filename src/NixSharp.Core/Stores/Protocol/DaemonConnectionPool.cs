namespace NixSharp.Stores.Protocol;

/// <summary>
/// Connections that are kept for the next request. A connection that failed, or that the daemon closed, is never given
/// out again.
/// </summary>
internal sealed class DaemonConnectionPool(Func<CancellationToken, Task<DaemonConnection>> open, int maxConnections, TimeSpan maxAge) : IAsyncDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConnections);
    private readonly Stack<DaemonConnection> _idle = new();
    private bool _isDisposed;

    /// <summary>
    /// Uses a connection, waiting for one where as many as allowed are in use. Work that runs the caller's code
    /// meanwhile, which may want a connection too, does not count.
    /// </summary>
    public async Task<T> UseAsync<T>(Func<DaemonConnection, Task<T>> use, CancellationToken cancellationToken, bool runsCallersCode = false)
    {
        if (!runsCallersCode)
        {
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var connection = TakeIdle() ?? await open(cancellationToken).ConfigureAwait(false);
            try
            {
                return await use(connection).ConfigureAwait(false);
            }
            finally
            {
                await GiveBackAsync(connection).ConfigureAwait(false);
            }
        }
        finally
        {
            if (!runsCallersCode)
            {
                _slots.Release();
            }
        }
    }

    /// <summary>Closes the connections that nobody uses, and waits until the daemon has noticed.</summary>
    public async Task CloseIdleAsync()
    {
        while (TakeIdle(alsoBroken: true) is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_idle)
        {
            _isDisposed = true;
        }

        await CloseIdleAsync().ConfigureAwait(false);
    }

    private DaemonConnection? TakeIdle(bool alsoBroken = false)
    {
        lock (_idle)
        {
            ObjectDisposedException.ThrowIf(_isDisposed && !alsoBroken, this);
            while (_idle.TryPop(out var connection))
            {
                if (alsoBroken || (connection.IsUsable && connection.Age < maxAge))
                {
                    return connection;
                }

                connection.Abort();
                _ = connection.DisposeAsync().AsTask();
            }
        }

        return null;
    }

    private async ValueTask GiveBackAsync(DaemonConnection connection)
    {
        if (connection.IsUsable && !connection.HasOptions && connection.Age < maxAge)
        {
            lock (_idle)
            {
                if (!_isDisposed)
                {
                    _idle.Push(connection);
                    return;
                }
            }
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
