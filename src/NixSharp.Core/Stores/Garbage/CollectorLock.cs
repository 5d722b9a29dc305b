using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

/// <summary>
/// Nix's lock for deleting from a store. Whoever wants to keep a path meanwhile says so at a socket, and gets an answer
/// once that path is either kept or gone, so that nobody has to wait for the end of a collection.
/// </summary>
internal sealed class CollectorLock : IDisposable
{
    private readonly FileLock _lock;
    private readonly object _gate = new();
    private readonly HashSet<string> _kept = [];
    private readonly HashSet<string> _pending = [];
    private readonly Queue<StorePath> _arrived = new();
    private RootServer? _server;

    private CollectorLock(FileLock @lock)
    {
        _lock = @lock;
    }

    public static async Task<CollectorLock> AcquireAsync(StoreLayout layout, CancellationToken cancellationToken)
    {
        var held = await FileLock.AcquireAsync(layout.GcLock, FileLockMode.Exclusive, cancellationToken: cancellationToken).ConfigureAwait(false);
        var collector = new CollectorLock(held);
        try
        {
            collector._server = RootServer.TryStart(layout, collector.Keep);
            return collector;
        }
        catch
        {
            collector.Dispose();
            throw;
        }
    }

    /// <summary>Keeps what has the hash part of a path, and waits while that is being deleted.</summary>
    public void Keep(StorePath path)
    {
        var hashPart = path.HashPart.ToString();
        lock (_gate)
        {
            if (_kept.Add(hashPart))
            {
                _arrived.Enqueue(path);
            }

            while (_pending.Contains(hashPart))
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Whether something with a hash part, which a path, its lock and a build's folder share, is to be kept.</summary>
    public bool IsKept(ReadOnlySpan<char> hashPart)
    {
        lock (_gate)
        {
            return _kept.Contains(hashPart.ToString());
        }
    }

    /// <summary>
    /// Begins to delete. First <paramref name="choose"/> hears of the paths that came to be kept since the last time, and
    /// gives those to delete; who wants one of them kept from then on waits for <see cref="EndDeleting"/>.
    /// </summary>
    public IReadOnlyList<StorePath> BeginDeleting(Func<IReadOnlyList<StorePath>, IReadOnlyList<StorePath>> choose)
    {
        lock (_gate)
        {
            var arrived = _arrived.ToList();
            _arrived.Clear();
            var chosen = choose(arrived);
            foreach (var path in chosen)
            {
                _pending.Add(path.HashPart.ToString());
            }

            return chosen;
        }
    }

    /// <summary>Lets those go on who wait for paths that were being deleted.</summary>
    public void EndDeleting()
    {
        lock (_gate)
        {
            _pending.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        try
        {
            EndDeleting();
            _server?.Dispose();
        }
        finally
        {
            _lock.Dispose();
        }
    }
}
