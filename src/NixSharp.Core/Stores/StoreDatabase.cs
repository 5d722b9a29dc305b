using Microsoft.Data.Sqlite;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>
/// A Nix store's SQLite database, in the folder <c>db</c> of its state. One connection, one caller at a time;
/// other processes, Nix among them, may use the database meanwhile.
/// </summary>
internal sealed partial class StoreDatabase : IDisposable
{
    // Nix waits for an hour; so long may another process hold the write lock while it registers a large closure.
    private const int BusySeconds = 3600;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly StoreDirectory _directory;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    private StoreDatabase(SqliteConnection connection, StoreDirectory directory, string folder, bool isReadOnly)
    {
        _connection = connection;
        _directory = directory;
        Folder = folder;
        IsReadOnly = isReadOnly;
    }

    /// <summary>The folder that the database is in.</summary>
    public string Folder { get; }

    /// <summary>Whether the database was opened without the right to write.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Opens the database in <paramref name="folder"/>, or makes it where there is none.</summary>
    /// <exception cref="NixStoreException">The database is damaged, of another schema, or cannot be made.</exception>
    public static StoreDatabase OpenOrCreate(string folder, StoreDirectory directory)
    {
        Directory.CreateDirectory(folder);
        var version = ReadSchemaVersion(folder);
        if (version is not null && !File.Exists(Path.Combine(folder, "db.sqlite")))
        {
            throw new NixStoreException(
                NixErrorCodes.StoreDatabase,
                $"The store database in {folder} is gone although its schema file is there. Restore db.sqlite, or move the store away and begin anew.");
        }

        var database = Connect(folder, directory, SqliteOpenMode.ReadWriteCreate, "");
        try
        {
            database.Execute("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on; pragma wal_autocheckpoint = 40000;");
            if (version is null)
            {
                database.Execute(StoreSchema.Create);
                AtomicFile.Write(Path.Combine(folder, "schema"), [.. StoreSchema.Version.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(static digit => (byte)digit)]);
            }

            database.CheckTables();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens a database that this user may not write.</summary>
    /// <exception cref="NixStoreException">There is none, or it is damaged or of another schema.</exception>
    public static StoreDatabase OpenReadOnly(string folder, StoreDirectory directory)
    {
        _ = ReadSchemaVersion(folder)
            ?? throw new NixStoreException(NixErrorCodes.StoreUnavailable, $"There is no Nix store database in {folder}. Check the store's path.");

        // Without the write-ahead log and the right to make one, SQLite reads only what it is told never changes.
        var file = Path.Combine(folder, "db.sqlite");
        var query = File.Exists(file + "-wal") ? "" : "?immutable=1";
        var database = Connect(folder, directory, SqliteOpenMode.ReadOnly, query);
        try
        {
            database.CheckTables();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not under another thread that is still asking.
        lock (_gate)
        {
            foreach (var command in _commands.Values)
            {
                command.Dispose();
            }

            _commands.Clear();
            _connection.Dispose();
        }
    }

    private static StoreDatabase Connect(string folder, StoreDirectory directory, SqliteOpenMode mode, string query)
    {
        SystemSqlite.EnsureLoaded();
        var file = Path.Combine(folder, "db.sqlite");
        var source = query.Length == 0 ? file : UriOf(file) + query;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Failure(folder, error);
        }

        return new StoreDatabase(connection, directory, folder, mode == SqliteOpenMode.ReadOnly);
    }

    /// <summary>SQLite's URI of a file, in which the folders' names may have any character; <see cref="Uri"/> keeps a <c>%41</c>.</summary>
    private static string UriOf(string file) =>
        "file://" + (file[0] == '/' ? "" : "/") + string.Join('/', file.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));

    private static int? ReadSchemaVersion(string folder)
    {
        var file = Path.Combine(folder, "schema");
        if (!File.Exists(file))
        {
            return null;
        }

        var text = File.ReadAllText(file).Trim();
        return int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var version) && version == StoreSchema.Version
            ? version
            : throw new NixStoreException(
                NixErrorCodes.StoreDatabase,
                $"The store database in {folder} has schema '{text[..Math.Min(text.Length, 20)]}', and only {StoreSchema.Version} is supported. Use the Nix that wrote it.");
    }

    private static NixStoreException Failure(string folder, SqliteException error) => error.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => new NixStoreException(
            NixErrorCodes.StoreLocked,
            $"The store database in {folder} stayed locked by another process. Wait for it to finish, and try again.",
            error),
        SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR => new NixStoreException(
            NixErrorCodes.StoreWriteFailed,
            $"The store database in {folder} could not be written: {error.Message} Make room on its disk, and try again.",
            error),
        SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_AUTH => new NixStoreException(
            NixErrorCodes.StoreUnavailable,
            $"The store database in {folder} could not be opened: {error.Message} Check the folder's owner and mode.",
            error),
        _ => new NixStoreException(
            NixErrorCodes.StoreDatabase,
            $"The store database in {folder} failed: {error.Message} If it is damaged, restore it, or move the store away and begin anew.",
            error),
    };

    private void CheckTables() => Run(() =>
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "select count(*) from sqlite_master where type = 'table' and name in ('ValidPaths', 'Refs', 'DerivationOutputs')";
        if ((long)command.ExecuteScalar()! != 3)
        {
            throw new NixStoreException(
                NixErrorCodes.StoreDatabase,
                $"The store database in {Folder} lacks Nix's tables although its schema file is there. Restore db.sqlite, or move the store away and begin anew.");
        }
    });

    private void Execute(string sql) => Run(() =>
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    });

    private void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    private T Run<T>(Func<T> action)
    {
        lock (_gate)
        {
            try
            {
                return action();
            }
            catch (SqliteException error)
            {
                throw Failure(Folder, error);
            }
        }
    }

    /// <summary>The statement for <paramref name="sql"/>, prepared once, with its parameters set in order.</summary>
    private SqliteCommand Prepare(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }
}
