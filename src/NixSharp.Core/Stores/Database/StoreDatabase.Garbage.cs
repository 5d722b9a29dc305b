using Microsoft.Data.Sqlite;
using NixSharp.StorePaths;
using SQLitePCL;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    /// <summary>Reads all paths, and what they need.</summary>
    public StoreGraph ReadGraph() => Read(static database => database.ReadWholeGraph());

    /// <summary>Makes paths invalid, each before what it refers to, and has that reach the disk.</summary>
    /// <returns>The paths that stayed valid, because others refer to them.</returns>
    public IReadOnlyList<StorePath> Invalidate(IReadOnlyCollection<StorePath> paths)
    {
        var needed = new List<StorePath>();
        Run(() =>
        {
            // What is deleted from the disk must not come back as valid after a power cut.
            Execute("pragma synchronous = full");
            try
            {
                RunInTransaction(() => needed.AddRange(paths.Where(path => !TryInvalidate(path))));
            }
            finally
            {
                Execute("pragma synchronous = normal");
            }
        });
        return needed;
    }

    private bool TryInvalidate(StorePath path)
    {
        try
        {
            Prepare("delete from ValidPaths where path = ?1").Bind(1, path.ToString()).Run();
            return true;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
        {
            return false;
        }
    }

    private StoreGraph ReadWholeGraph()
    {
        var paths = new List<StorePath>();
        var numbers = new Dictionary<StorePath, int>();
        var byId = new Dictionary<long, int>();
        var derivers = new List<StorePath?>();
        var row = Prepare("select id, path, deriver from ValidPaths");
        while (row.Step())
        {
            var path = ReadPath(row.Bytes(1));
            byId.Add(row.Number(0), paths.Count);
            numbers.Add(path, paths.Count);
            paths.Add(path);
            derivers.Add(row.Bytes(2) is { IsEmpty: false } deriver ? ReadPath(deriver) : null);
        }

        return new StoreGraph
        {
            Paths = paths,
            Numbers = numbers,
            References = ReadEdges(paths.Count, byId),
            Derivers = [.. derivers.Select(deriver => deriver is { } known && numbers.TryGetValue(known, out var number) ? number : -1)],
            Outputs = ReadOutputs(byId, numbers),
        };
    }

    private int[][] ReadEdges(int count, Dictionary<long, int> byId)
    {
        var edges = new int[count][];
        Array.Fill(edges, []);
        var targets = new List<int>();
        var current = -1L;
        var row = Prepare("select referrer, reference from Refs where referrer <> reference order by referrer");
        while (row.Step())
        {
            if (row.Number(0) != current)
            {
                Flush();
                current = row.Number(0);
            }

            targets.Add(byId[row.Number(1)]);
        }

        Flush();
        return edges;

        void Flush()
        {
            if (targets.Count > 0)
            {
                edges[byId[current]] = [.. targets];
                targets.Clear();
            }
        }
    }

    private Dictionary<int, List<int>> ReadOutputs(Dictionary<long, int> byId, Dictionary<StorePath, int> numbers)
    {
        var outputs = new Dictionary<int, List<int>>();
        var row = Prepare("select drv, path from DerivationOutputs");
        while (row.Step())
        {
            if (numbers.TryGetValue(ReadPath(row.Bytes(1)), out var output))
            {
                if (!outputs.TryGetValue(byId[row.Number(0)], out var known))
                {
                    outputs.Add(byId[row.Number(0)], known = []);
                }

                known.Add(output);
            }
        }

        return outputs;
    }
}
