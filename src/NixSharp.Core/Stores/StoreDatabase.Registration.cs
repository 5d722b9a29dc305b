using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

internal sealed partial class StoreDatabase
{
    private static readonly IReadOnlyDictionary<string, StorePath> NoOutputs = new Dictionary<string, StorePath>();

    /// <summary>Makes paths valid, all or none; a path that is valid already gets the new facts.</summary>
    /// <param name="infos">The paths, in any order. All that they refer to must be among them or valid already.</param>
    /// <param name="outputsOf">Gives the outputs of those paths that are derivations.</param>
    /// <exception cref="NixStoreException">A reference is not valid, or references form a cycle.</exception>
    public void Register(IReadOnlyCollection<PathInfo> infos, Func<StorePath, IReadOnlyDictionary<string, StorePath>>? outputsOf = null) => Run(() =>
    {
        RefuseCycles(infos);
        Prepare("begin immediate").ExecuteNonQuery();
        try
        {
            var ids = infos.ToDictionary(static info => info.Path, AddRow);
            foreach (var info in infos)
            {
                AddReferences(info, ids);
                foreach (var (output, path) in info.Path.IsDerivation && outputsOf is not null ? outputsOf(info.Path) : NoOutputs)
                {
                    Prepare("insert or replace into DerivationOutputs (drv, id, path) values ($0, $1, $2)", ids[info.Path], output, path.ToString()).ExecuteNonQuery();
                }
            }

            Prepare("commit").ExecuteNonQuery();
        }
        catch
        {
            // A full disk makes SQLite roll back by itself; SqliteTransaction cannot cope with that.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                Prepare("rollback").ExecuteNonQuery();
            }

            throw;
        }
    });

    /// <summary>Makes a path invalid. It must have no referrers but itself.</summary>
    public void Invalidate(StorePath path) => Run(() => Prepare("delete from ValidPaths where path = $0", path.ToString()).ExecuteNonQuery());

    private static void RefuseCycles(IReadOnlyCollection<PathInfo> infos)
    {
        var byPath = infos.ToDictionary(static info => info.Path);
        var finished = new HashSet<StorePath>();
        var onStack = new HashSet<StorePath>();
        var open = new Stack<(PathInfo Info, int Next)>();
        foreach (var root in infos)
        {
            Enter(root);
            while (open.TryPop(out var top))
            {
                if (top.Next == top.Info.References.Count)
                {
                    onStack.Remove(top.Info.Path);
                    finished.Add(top.Info.Path);
                    continue;
                }

                open.Push((top.Info, top.Next + 1));
                var reference = top.Info.References[top.Next];
                if (reference != top.Info.Path && byPath.TryGetValue(reference, out var next))
                {
                    Enter(next);
                }
            }
        }

        void Enter(PathInfo info)
        {
            if (finished.Contains(info.Path))
            {
                return;
            }

            if (!onStack.Add(info.Path))
            {
                throw new NixStoreException(
                    NixErrorCodes.StoreDatabase,
                    $"{info.Path} refers to itself through other paths. A store has no cycles; nothing was registered.");
            }

            open.Push((info, 0));
        }
    }

    private long AddRow(PathInfo info)
    {
        object?[] values =
        [
            info.Path.ToString(),
            info.NarHash.ToString(HashFormat.Base16),
            info.RegistrationTime.ToUnixTimeSeconds(),
            info.Deriver?.ToString(),
            info.NarSize,
            info.Ultimate ? 1L : null,
            info.Signatures.Count == 0 ? null : string.Join(' ', info.Signatures),
            info.ContentAddress?.ToString(),
        ];
        if (FindId(info.Path) is { } known)
        {
            Prepare(
                "update ValidPaths set hash = $1, registrationTime = $2, deriver = $3, narSize = $4, ultimate = $5, sigs = $6, ca = $7 where path = $0",
                values).ExecuteNonQuery();
            return known;
        }

        Prepare(
            "insert into ValidPaths (path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca) values ($0, $1, $2, $3, $4, $5, $6, $7)",
            values).ExecuteNonQuery();
        return (long)Prepare("select last_insert_rowid()").ExecuteScalar()!;
    }

    private void AddReferences(PathInfo info, Dictionary<StorePath, long> ids)
    {
        foreach (var reference in info.References)
        {
            if (!ids.TryGetValue(reference, out var id))
            {
                id = FindId(reference)
                    ?? throw new NixStoreException(
                        NixErrorCodes.PathNotValid,
                        $"{info.Path} refers to {reference}, which is not valid in the store. Add that first.");
                ids.Add(reference, id);
            }

            Prepare("insert or replace into Refs (referrer, reference) values ($0, $1)", ids[info.Path], id).ExecuteNonQuery();
        }
    }
}
