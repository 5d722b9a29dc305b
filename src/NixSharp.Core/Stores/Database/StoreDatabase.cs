using Microsoft.Data.Sqlite;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Database;

/// <summary>
/// A Nix store's SQLite database, in the folder <c>db</c> of its state. One connection that writes, and a few that read
/// while it is busy; other processes, Nix among them, may use the database meanwhile.
/// </summary>
internal sealed partial class StoreDatabase : IDisposable
{
    // Nix waits for an hour; so long may another process hold the write lock while it registers a large closure.
    private const int BusySeconds = 3600;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly StoreDirectory _directory;
    private readonly string _query;
    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private bool _isDisposed;

    private StoreDatabase(SqliteConnection connection, StoreDirectory directory, string folder, bool isReadOnly, string query)
    {
        _connection = connection;
        _directory = directory;
        _query = query;
        Folder = folder;
        IsReadOnly = isReadOnly;
    }

    /// <summary>The folder that the database is in.</summary>
    public string Folder { get; }

    /// <summary>Whether the database was opened without the right to write.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Opens the database in <paramref name="folder"/>, or makes it where there is none.</summary>
    /// <exception cref="NixStoreException">The database is damaged, of another schema, or cannot be made.</exception>
    public static StoreDatabase OpenOrCreate(string folder, StoreDirectory directory) => OpenOrCreate(folder, directory, isStaged: false);

    /// <summary>
    /// Makes a database where nobody sees it yet: it is thrown away with its folder if anything fails, and only its maker
    /// sees to it that it reaches the disk.
    /// </summary>
    /// <exception cref="NixStoreException">The database cannot be made.</exception>
    public static StoreDatabase CreateStaged(string folder, StoreDirectory directory) => OpenOrCreate(folder, directory, isStaged: true);

    private static StoreDatabase OpenOrCreate(string folder, StoreDirectory directory, bool isStaged)
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
            database.Execute($"pragma synchronous = {(isStaged ? "off" : "normal")}; pragma journal_mode = wal; pragma foreign_keys = on; pragma wal_autocheckpoint = 40000;");
            if (version is null)
            {
                database.Execute(StoreSchema.Create);
                WriteSchemaVersion(folder, isStaged);
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
            _isDisposed = true;
            foreach (var statement in _statements.Values)
            {
                statement.Dispose();
            }

            _statements.Clear();
            _connection.Dispose();
        }

        CloseReaders();
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
            SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, BusySeconds * 1000);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Failure(folder, error);
        }

        return new StoreDatabase(connection, directory, folder, mode == SqliteOpenMode.ReadOnly, query);
    }

    /// <summary>SQLite's URI of a file, in which the folders' names may have any character; <see cref="Uri"/> keeps a <c>%41</c>.</summary>
    private static string UriOf(string file) =>
        "file://" + (file[0] == '/' ? "" : "/") + string.Join('/', file.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));

    private static void WriteSchemaVersion(string folder, bool isStaged)
    {
        var file = Path.Combine(folder, "schema");
        var version = StoreSchema.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (isStaged)
        {
            File.WriteAllText(file, version);
        }
        else
        {
            AtomicFile.Write(file, [.. version.Select(static digit => (byte)digit)]);
        }
    }

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

    private void CheckTables() => Run(() =>
    {
        if (CountTables("'ValidPaths', 'Refs', 'DerivationOutputs'") != 3)
        {
            throw new NixStoreException(
                NixErrorCodes.StoreDatabase,
                $"The store database in {Folder} lacks Nix's tables although its schema file is there. Restore db.sqlite, or move the store away and begin anew.");
        }
    });
}
