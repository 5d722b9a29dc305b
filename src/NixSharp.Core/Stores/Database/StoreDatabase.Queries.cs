using System.Text;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    /// <summary>Whether a path is valid.</summary>
    public bool IsValid(StorePath path) => Read(database => database.FindId(path) is not null);

    /// <summary>Every valid path, sorted.</summary>
    public IReadOnlyList<StorePath> List() => Read(static database => database.ReadPaths(database.Prepare("select path from ValidPaths order by path")));

    /// <summary>The valid paths that refer to a path, sorted.</summary>
    public IReadOnlyList<StorePath> QueryReferrers(StorePath path) => Read(database => database.ReadPaths(
        database.Prepare("select path from Refs join ValidPaths on referrer = id where reference = (select id from ValidPaths where path = ?1) order by path")
            .Bind(1, path.ToString())));

    /// <summary>The derivations in the store that have a path as an output, sorted.</summary>
    public IReadOnlyList<StorePath> QueryValidDerivers(StorePath path) => Read(database => database.ReadPaths(
        database.Prepare("select v.path from DerivationOutputs d join ValidPaths v on d.drv = v.id where d.path = ?1 order by v.path")
            .Bind(1, path.ToString())));

    /// <summary>The outputs of a derivation that is a valid path, by name, where their paths are known without building.</summary>
    public IReadOnlyDictionary<string, StorePath> QueryDerivationOutputs(StorePath derivation) => Read(database =>
    {
        var outputs = new Dictionary<string, StorePath>();
        var row = database.Prepare("select d.id, d.path from DerivationOutputs d join ValidPaths v on d.drv = v.id where v.path = ?1").Bind(1, derivation.ToString());
        while (row.Step())
        {
            outputs.Add(row.Text(0) ?? "", database.ReadPath(row.Bytes(1)));
        }

        return outputs;
    });

    /// <summary>The valid path that begins so, if there is one.</summary>
    public StorePath? FindByHashPart(string hashPart)
    {
        var prefix = $"{_directory.Path}/{hashPart}";
        return Read(database => database.Prepare("select path from ValidPaths where path >= ?1 limit 1").Bind(1, prefix)
            .First(row => row.Bytes(0).StartsWith(Encoding.UTF8.GetBytes(prefix)) ? database.ReadPath(row.Bytes(0)) : (StorePath?)null));
    }

    private List<StorePath> ReadPaths(SqliteStatement row)
    {
        var paths = new List<StorePath>();
        while (row.Step())
        {
            paths.Add(ReadPath(row.Bytes(0)));
        }

        return paths;
    }

    private StorePath ReadPath(ReadOnlySpan<byte> text) => StorePath.TryParse(text, _directory, out var path)
        ? path
        : throw Damaged($"it holds '{Encoding.UTF8.GetString(text)}', which is no path in {_directory}");

    private long? FindId(StorePath path) =>
        Prepare("select id from ValidPaths where path = ?1").Bind(1, path.ToString()).First(static row => (long?)row.Number(0));

    private NixStoreException Damaged(string what) =>
        new(NixErrorCodes.StoreDatabase, $"The store database in {Folder} is damaged: {what}. Restore it, or move the store away and begin anew.");
}
