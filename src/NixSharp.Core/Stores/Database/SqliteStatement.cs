using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NixSharp.Stores.Database;

/// <summary>
/// A prepared statement, used again and again: values are bound, rows are stepped through, text is read as the bytes
/// that the database holds. Parameters count from 1, columns from 0.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 connection, string sql)
    {
        _connection = connection;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(connection, sql, out _statement), connection);
    }

    /// <summary>Gives a parameter its value.</summary>
    public SqliteStatement Bind(int parameter, long value)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_int64(_statement, parameter, value), _connection);
        return this;
    }

    /// <summary>Gives a parameter its value.</summary>
    public SqliteStatement Bind(int parameter, string? value)
    {
        var result = value is null ? raw.sqlite3_bind_null(_statement, parameter) : raw.sqlite3_bind_text(_statement, parameter, value);
        SqliteException.ThrowExceptionForRC(result, _connection);
        return this;
    }

    /// <summary>Goes to the next row; false behind the last one, when the statement can be used anew.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        Reset();
        if (result != raw.SQLITE_DONE)
        {
            SqliteException.ThrowExceptionForRC(result, _connection);
        }

        return false;
    }

    /// <summary>Runs the statement, whose rows, if any, don't matter.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Reads the first row; null where there is none.</summary>
    public T? First<T>(Func<SqliteStatement, T> read)
    {
        try
        {
            return Step() ? read(this) : default;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Lets go of the row that the statement stands at.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>The text of a column in UTF-8, valid until the next step; empty for null.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>The text of a column; null where there is none or it is empty.</summary>
    public string? Text(int column) => Bytes(column) is { IsEmpty: false } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    public void Dispose() => _statement.Dispose();
}
