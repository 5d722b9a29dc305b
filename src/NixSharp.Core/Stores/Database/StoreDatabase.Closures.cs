using System.Runtime.InteropServices;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    /// <summary>
    /// What is known of paths and of all that they need, directly or not; those that are not valid are left out. Follows
    /// numbers, not paths, and reads each path once.
    /// </summary>
    public Dictionary<StorePath, PathInfo> QueryClosure(IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken) =>
        Read(database => database.ReadClosure(roots, cancellationToken));

    private Dictionary<StorePath, PathInfo> ReadClosure(IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        var numbers = new Dictionary<long, int>();
        foreach (var root in roots)
        {
            if (FindId(root) is { } id)
            {
                NumberOf(id);
            }
        }

        var edges = new List<int>();
        var starts = new List<int>();
        var references = Prepare("select reference from Refs where referrer = ?1");
        for (var number = 0; number < ids.Count; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            starts.Add(edges.Count);
            references.Bind(1, ids[number]);
            while (references.Step())
            {
                edges.Add(NumberOf(references.Number(0)));
            }
        }

        starts.Add(edges.Count);
        var infos = ReadRows(ids, starts, cancellationToken);
        foreach (var (number, info) in infos.Index())
        {
            var targets = (StorePath[])info.References;
            for (var index = 0; index < targets.Length; index++)
            {
                targets[index] = infos[edges[starts[number] + index]].Path;
            }

            targets.AsSpan().Sort();
        }

        return infos.ToDictionary(static info => info.Path);

        int NumberOf(long id)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, id, out var known);
            if (!known)
            {
                number = ids.Count;
                ids.Add(id);
            }

            return number;
        }
    }

    /// <summary>Reads rows in the order that the database has them in; their references are yet to be filled in.</summary>
    private PathInfo[] ReadRows(List<long> ids, List<int> starts, CancellationToken cancellationToken)
    {
        var order = Enumerable.Range(0, ids.Count).ToArray();
        Array.Sort(ids.ToArray(), order);
        var infos = new PathInfo[ids.Count];
        var row = Prepare($"select {InfoColumns} from ValidPaths where id = ?1");
        foreach (var number in order)
        {
            cancellationToken.ThrowIfCancellationRequested();
            row.Bind(1, ids[number]);
            infos[number] = row.First(found => ReadInfo(ReadPath(found.Bytes(1)), found, new StorePath[starts[number + 1] - starts[number]]))
                ?? throw Damaged($"a path refers to number {ids[number]}, which is not there");
        }

        return infos;
    }
}
