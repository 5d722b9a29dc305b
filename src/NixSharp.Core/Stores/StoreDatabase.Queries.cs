using System.Globalization;
using Microsoft.Data.Sqlite;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

internal sealed partial class StoreDatabase
{
    private static readonly long LatestTime = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>What is known of a path; null where it is not valid.</summary>
    public PathInfo? Query(StorePath path) => Run(() =>
    {
        var command = Prepare(
            "select id, hash, registrationTime, deriver, narSize, ultimate, sigs, ca from ValidPaths where path = $0",
            path.ToString());
        using var row = command.ExecuteReader();
        return row.Read() ? ReadInfo(path, row) : null;
    });

    /// <summary>Whether a path is valid.</summary>
    public bool IsValid(StorePath path) => Run(() => FindId(path) is not null);

    /// <summary>Every valid path, sorted.</summary>
    public IReadOnlyList<StorePath> List() => Run(() => ReadPaths(Prepare("select path from ValidPaths order by path")));

    /// <summary>The valid paths that refer to a path, sorted.</summary>
    public IReadOnlyList<StorePath> QueryReferrers(StorePath path) => Run(() => ReadPaths(Prepare(
        "select path from Refs join ValidPaths on referrer = id where reference = (select id from ValidPaths where path = $0) order by path",
        path.ToString())));

    /// <summary>The outputs of a derivation that is a valid path, by name.</summary>
    public IReadOnlyDictionary<string, StorePath> QueryDerivationOutputs(StorePath derivation) => Run(() =>
    {
        var outputs = new Dictionary<string, StorePath>();
        using var row = Prepare(
            "select d.id, d.path from DerivationOutputs d join ValidPaths v on d.drv = v.id where v.path = $0",
            derivation.ToString()).ExecuteReader();
        while (row.Read())
        {
            outputs.Add(row.GetString(0), ReadPath(row.GetString(1)));
        }

        return outputs;
    });

    private PathInfo ReadInfo(StorePath path, SqliteDataReader row)
    {
        var references = ReadPaths(Prepare(
            "select path from Refs join ValidPaths on reference = id where referrer = $0 order by path",
            row.GetInt64(0)));
        if (!NixHash.TryParse(row.GetString(1), out var hash) || hash.Algorithm != NixHashAlgorithm.Sha256)
        {
            throw Damaged($"the hash of {path} is '{row.GetString(1)}'");
        }

        var (time, size) = (row.GetInt64(2), row.IsDBNull(4) ? 0 : row.GetInt64(4));
        if (time < 0 || time > LatestTime || size < 0)
        {
            throw Damaged($"the time of {path} is {time}, its size {size}");
        }

        ContentAddress? address = null;
        if (Text(7) is { } text)
        {
            address = ContentAddress.TryParse(text, out var parsed) ? parsed : throw Damaged($"the content address of {path} is '{text}'");
        }

        return new PathInfo
        {
            Path = path,
            NarHash = hash,
            NarSize = size,
            References = references,
            Deriver = Text(3) is { } deriver ? ReadPath(deriver) : null,
            RegistrationTime = DateTimeOffset.FromUnixTimeSeconds(time),
            Ultimate = !row.IsDBNull(5) && row.GetInt64(5) == 1,
            Signatures = Text(6)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            ContentAddress = address,
        };

        string? Text(int column) => row.IsDBNull(column) || row.GetString(column).Length == 0 ? null : row.GetString(column);
    }

    private List<StorePath> ReadPaths(SqliteCommand command)
    {
        var paths = new List<StorePath>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            paths.Add(ReadPath(row.GetString(0)));
        }

        return paths;
    }

    private StorePath ReadPath(string text) =>
        StorePath.TryParse(text, _directory, out var path) ? path : throw Damaged($"it holds '{text}', which is no path in {_directory}");

    private long? FindId(StorePath path) =>
        Prepare("select id from ValidPaths where path = $0", path.ToString()).ExecuteScalar() is { } id
            ? Convert.ToInt64(id, CultureInfo.InvariantCulture)
            : null;

    private NixStoreException Damaged(string what) =>
        new(NixErrorCodes.StoreDatabase, $"The store database in {Folder} is damaged: {what}. Restore it, or move the store away and begin anew.");
}
