using System.Globalization;
using Microsoft.Data.Sqlite;
using NixSharp.Files;
using NixSharp.Stores.Database;

namespace NixSharp.Stores.Caches;

/// <summary>
/// Remembers on disk what caches on other machines have and have not, for a time. Several processes may use it at
/// once. It only saves requests: where it is damaged it begins anew, and where it fails it is not used.
/// </summary>
internal sealed class LookupCache : IDisposable
{
    private const string FileName = "lookups-v1.sqlite";
    private const string InfoKey = "nix-cache-info";
    private const int BusySeconds = 5;
    private static readonly TimeSpan InfoLifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly CacheOptions _options;
    private readonly string _file;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _write;
    private readonly SqliteCommand _forget;
    private SqliteConnection? _connection;

    private LookupCache(SqliteConnection connection, string file, string cache, CacheOptions options)
    {
        _file = file;
        _connection = connection;
        _options = options;
        _read = Prepare("select text, time from Lookups where cache = $cache and key = $key", cache);
        _write = Prepare("insert or replace into Lookups (cache, key, text, time) values ($cache, $key, $text, $time)", cache);
        _forget = Prepare("delete from Lookups where cache = $cache and key = $key", cache);
        _write.Parameters.AddWithValue("$text", DBNull.Value);
        _write.Parameters.AddWithValue("$time", 0L);
    }

    /// <summary>The folder where it is, unless another is named.</summary>
    public static string DefaultFolder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            return Path.Combine(string.IsNullOrEmpty(cache) ? Path.Combine(home, ".cache") : cache, "nixsharp");
        }
    }

    /// <summary>Opens what is remembered of one cache; null where nothing can be.</summary>
    public static LookupCache? TryOpen(string cache, CacheOptions options)
    {
        var folder = options.LookupFolder ?? DefaultFolder;
        try
        {
            SystemSqlite.EnsureLoaded();
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, FileName);
            try
            {
                return new LookupCache(Connect(file), file, cache, options);
            }
            catch (SqliteException error) when (IsDamage(error))
            {
                Delete(file);
                return new LookupCache(Connect(file), file, cache, options);
            }
        }
        catch (Exception error) when (error is SqliteException or NixStoreException || FileErrors.IsFromSystem(error))
        {
            return null;
        }
    }

    /// <summary>What was found under a hash part; null where that is not known, or was too long ago.</summary>
    public CachedLookup? Find(string hashPart) => Find(hashPart, text => text is null ? _options.NegativeLifetime : _options.PositiveLifetime);

    /// <summary>The cache's description of itself; null where that is not known, or was too long ago.</summary>
    public string? FindInfo() => Find(InfoKey, static _ => InfoLifetime)?.Text;

    /// <summary>Remembers what was found under some hash parts.</summary>
    public void Remember(IEnumerable<KeyValuePair<string, string?>> lookups) => Try(connection =>
    {
        using var transaction = connection.BeginTransaction();
        _write.Transaction = transaction;
        _write.Parameters["$time"].Value = Now();
        foreach (var (key, text) in lookups)
        {
            _write.Parameters["$key"].Value = key;
            _write.Parameters["$text"].Value = (object?)text ?? DBNull.Value;
            _write.ExecuteNonQuery();
        }

        transaction.Commit();
        return true;
    });

    /// <summary>Remembers what was found under a hash part.</summary>
    public void Remember(string hashPart, string? text) => Remember([new(hashPart, text)]);

    /// <summary>Forgets what was found under a hash part.</summary>
    public void Forget(string hashPart) => Try(_ =>
    {
        _forget.Parameters["$key"].Value = hashPart;
        return _forget.ExecuteNonQuery();
    });

    /// <summary>Remembers the cache's description of itself.</summary>
    public void RememberInfo(string text) => Remember(InfoKey, text);

    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();

            // What a crash of the machine takes away is asked for again.
            Execute(connection, "pragma journal_mode = wal; pragma synchronous = off;");
            Execute(connection, "create table if not exists Lookups (cache text not null, key text not null, text text, time integer not null, primary key (cache, key)) without rowid;");
            Execute(connection, "create table if not exists Purges (id integer primary key check (id = 0), time integer not null);");
            Purge(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Forgets, once a day, what is too old for any lifetime that is usual.</summary>
    private static void Purge(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"insert into Purges (id, time) values (0, {Now()}) on conflict (id) do update set time = excluded.time where time < {Now() - (long)PurgeInterval.TotalSeconds}");
        if (command.ExecuteNonQuery() > 0)
        {
            var old = CacheOptions.Default;
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"delete from Lookups where time < {Now() - (long)old.PositiveLifetime.TotalSeconds} or (text is null and time < {Now() - (long)PurgeInterval.TotalSeconds})"));
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Delete(string file)
    {
        foreach (var part in (string[])[file, file + "-wal", file + "-shm"])
        {
            File.Delete(part);
        }
    }

    private static bool IsDamage(SqliteException error) => error.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private CachedLookup? Find(string key, Func<string?, TimeSpan> lifetime) => _options.Refresh ? null : Try<CachedLookup?>(_ =>
    {
        _read.Parameters["$key"].Value = key;
        using var row = _read.ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        var (text, age) = (row.IsDBNull(0) ? null : row.GetString(0), Now() - row.GetInt64(1));
        return age >= 0 && age < lifetime(text).TotalSeconds ? new CachedLookup(text) : null;
    });

    private SqliteCommand Prepare(string sql, string cache)
    {
        var command = _connection!.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$cache", cache);
        command.Parameters.AddWithValue("$key", "");
        return command;
    }

    private T? Try<T>(Func<SqliteConnection, T> action)
    {
        lock (_gate)
        {
            if (_connection is null)
            {
                return default;
            }

            try
            {
                return action(_connection);
            }
            catch (SqliteException error) when (error.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED)
            {
                return default;
            }
            catch (Exception error) when (error is SqliteException or InvalidOperationException or InvalidCastException)
            {
                Close();
                if (error is SqliteException failure && IsDamage(failure))
                {
                    Delete(_file);
                }

                return default;
            }
        }
    }

    private void Close()
    {
        _read.Dispose();
        _write.Dispose();
        _forget.Dispose();
        _connection?.Dispose();
        _connection = null;
    }
}
