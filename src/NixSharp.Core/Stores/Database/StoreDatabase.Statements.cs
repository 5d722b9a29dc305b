using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    private static NixStoreException Failure(string folder, SqliteException error) => error.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new NixStoreException(
            NixErrorCodes.StoreLocked,
            $"The store database in {folder} stayed locked by another process. Wait for it to finish, and try again.",
            error),
        raw.SQLITE_FULL or raw.SQLITE_IOERR => new NixStoreException(
            NixErrorCodes.StoreWriteFailed,
            $"The store database in {folder} could not be written: {error.Message} Make room on its disk, and try again.",
            error),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => new NixStoreException(
            NixErrorCodes.StoreUnavailable,
            $"The store database in {folder} could not be opened: {error.Message} Check the folder's owner and mode.",
            error),
        _ => new NixStoreException(
            NixErrorCodes.StoreDatabase,
            $"The store database in {folder} failed: {error.Message} If it is damaged, restore it, or move the store away and begin anew.",
            error),
    };

    private void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    private T Run<T>(Func<T> action)
    {
        lock (_gate)
        {
            return RunLocked(action);
        }
    }

    private T RunLocked<T>(Func<T> action)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            return action();
        }
        catch (SqliteException error)
        {
            GiveUp();
            throw Failure(Folder, error);
        }
        catch
        {
            GiveUp();
            throw;
        }
    }

    /// <summary>Ends what a failed action has left open: a statement that stands at a row, a transaction.</summary>
    private void GiveUp()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Reset();
        }

        // A full disk makes SQLite roll back by itself.
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            Prepare("rollback").Run();
        }
    }

    /// <summary>Does all of <paramref name="action"/> or, where it fails, nothing.</summary>
    private void RunInTransaction(Action action) => Run(() =>
    {
        Prepare("begin immediate").Run();
        action();
        Prepare("commit").Run();
    });

    /// <summary>Runs statements that are needed once.</summary>
    private void Execute(string sql) => Run(() =>
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    });

    /// <summary>The statement for <paramref name="sql"/>, prepared once.</summary>
    private SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(_connection.Handle!, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    private long CountTables(string names) =>
        Prepare($"select count(*) from sqlite_master where type = 'table' and name in ({names})").First(static row => row.Number(0));
}
