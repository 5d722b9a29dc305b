using NixSharp.StorePaths;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    /// <summary>What contradicts itself in the database: SQLite's own check, and references to and from nothing.</summary>
    public IReadOnlyList<(StorePath? Path, string What)> FindDamage() => Read(static database =>
    {
        var found = new List<(StorePath?, string)>();
        var check = database.Prepare("pragma quick_check(10)");
        while (check.Step())
        {
            if (check.Text(0) is { } text and not "ok")
            {
                found.Add((null, $"the database is damaged: {text}"));
            }
        }

        var row = database.Prepare("""
            select v.path, r.reference from Refs r join ValidPaths v on r.referrer = v.id
            where not exists (select 1 from ValidPaths where id = r.reference)
            """);
        while (row.Step())
        {
            found.Add((database.ReadPath(row.Bytes(0)), $"it refers to number {row.Number(1)} of the database, which is not there"));
        }

        return found;
    });

    /// <summary>What is known of every valid path, one after the other, with references left out.</summary>
    public IReadOnlyList<PathInfo> ListInfos() => Read(static database =>
    {
        var infos = new List<PathInfo>();
        var row = database.Prepare($"select {InfoColumns} from ValidPaths order by path");
        while (row.Step())
        {
            infos.Add(database.ReadInfo(database.ReadPath(row.Bytes(1)), row, []));
        }

        return infos;
    });
}
