namespace NixSharp.Csi.Publishing;

/// <summary>A lock for each name, for as long as somebody holds it or waits for it.</summary>
internal sealed class KeyedLocks
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Takes the lock of <paramref name="key"/>.</summary>
    /// <param name="key">The name.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What gives it back; null where another held it for that long.</returns>
    public async Task<IDisposable?> TryTakeAsync(string key, TimeSpan patience, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                _entries.Add(key, entry = new Entry());
            }

            entry.Users++;
        }

        var isTaken = false;
        try
        {
            isTaken = await entry.Lock.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            return isTaken ? new Holder(this, key, entry) : null;
        }
        finally
        {
            if (!isTaken)
            {
                Leave(key, entry);
            }
        }
    }

    private void Leave(string key, Entry entry)
    {
        lock (_entries)
        {
            entry.Users--;
            if (entry.Users == 0)
            {
                _entries.Remove(key);
                entry.Lock.Dispose();
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Lock { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Holder(KeyedLocks locks, string key, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Lock.Release();
            locks.Leave(key, entry);
        }
    }
}
