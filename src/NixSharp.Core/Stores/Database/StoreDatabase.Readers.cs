using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    private static readonly int MaxReaders = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly ConcurrentBag<StoreDatabase> _idleReaders = [];
    private int _readers;

    /// <summary>Reads on a connection that is free, from one state of the database.</summary>
    private T Read<T>(Func<StoreDatabase, T> action)
    {
        if (_gate.TryEnter())
        {
            try
            {
                return ReadOneState(action);
            }
            finally
            {
                _gate.Exit();
            }
        }

        if (TakeReader() is not { } reader)
        {
            lock (_gate)
            {
                return ReadOneState(action);
            }
        }

        try
        {
            lock (reader._gate)
            {
                return reader.ReadOneState(action);
            }
        }
        finally
        {
            _idleReaders.Add(reader);
            if (_isDisposed)
            {
                CloseReaders();
            }
        }
    }

    private T ReadOneState<T>(Func<StoreDatabase, T> action) => RunLocked(() =>
    {
        Prepare("begin").Run();
        var result = action(this);
        Prepare("commit").Run();
        return result;
    });

    private StoreDatabase? TakeReader()
    {
        if (_idleReaders.TryTake(out var idle))
        {
            return idle;
        }

        if (Interlocked.Increment(ref _readers) <= MaxReaders)
        {
            return Connect(Folder, _directory, SqliteOpenMode.ReadOnly, _query);
        }

        Interlocked.Decrement(ref _readers);
        return null;
    }

    private void CloseReaders()
    {
        while (_idleReaders.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }
}
