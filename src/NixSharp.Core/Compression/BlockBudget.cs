namespace NixSharp.Compression;

/// <summary>
/// How many blocks a pipeline may have in memory: fewer the more pipelines there are, so that they stay within some tens of
/// megabytes together. None waits for another one, since that one's reader may be waiting for it.
/// </summary>
internal sealed class BlockBudget : IDisposable
{
    private const int Least = 2;

    private static readonly int MostOfOne = Math.Clamp(Environment.ProcessorCount + 2, 4, 12);
    private static readonly int MostTogether = Math.Clamp((2 * Environment.ProcessorCount) + 4, 8, 32);
    private static int _pipelines;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _left = new(0);
    private int _blocks;
    private bool _isWaiting;

    public BlockBudget()
    {
        Interlocked.Increment(ref _pipelines);
    }

    private static int Most => Math.Clamp(MostTogether / Math.Max(1, Volatile.Read(ref _pipelines)), Least, MostOfOne);

    /// <summary>Waits until there may be one more; for one thread at a time.</summary>
    public void Enter(CancellationToken cancellationToken)
    {
        while (!TryEnter())
        {
            _left.Wait(cancellationToken);
        }
    }

    /// <summary>Says that a block is gone.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _blocks--;
            if (_isWaiting)
            {
                _isWaiting = false;
                _left.Release();
            }
        }
    }

    public void Dispose()
    {
        Interlocked.Decrement(ref _pipelines);
        _left.Dispose();
    }

    private bool TryEnter()
    {
        lock (_lock)
        {
            _isWaiting = _blocks >= Most;
            _blocks += _isWaiting ? 0 : 1;
            return !_isWaiting;
        }
    }
}
