using NixSharp.Hashing;
using NixSharp.StorePaths;
using SQLitePCL;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    private static readonly IReadOnlyDictionary<string, StorePath> NoOutputs = new Dictionary<string, StorePath>();

    /// <summary>
    /// Makes paths valid, all or none. A path that is valid already gets the new hash, size, signatures and content
    /// address, as Nix does it.
    /// </summary>
    /// <param name="infos">The paths, in any order. All that they refer to must be among them or valid already.</param>
    /// <param name="outputsOf">Gives the outputs of those paths that are derivations.</param>
    /// <exception cref="NixStoreException">A reference is not valid, or references form a cycle.</exception>
    public void Register(IReadOnlyCollection<PathInfo> infos, Func<StorePath, IReadOnlyDictionary<string, StorePath>?>? outputsOf = null)
    {
        ReferenceOrder.Sort(infos);
        RunInTransaction(() =>
        {
            var ids = infos.ToDictionary(static info => info.Path, AddRow);
            foreach (var info in infos)
            {
                AddReferences(info, ids);
                foreach (var (output, path) in info.Path.IsDerivation ? outputsOf?.Invoke(info.Path) ?? NoOutputs : NoOutputs)
                {
                    Prepare("insert or replace into DerivationOutputs (drv, id, path) values (?1, ?2, ?3)")
                        .Bind(1, ids[info.Path]).Bind(2, output).Bind(3, path.ToString()).Run();
                }
            }
        });
    }

    /// <summary>Adds signatures to those that a path has; false where it is not valid.</summary>
    public bool AddSignatures(StorePath path, IReadOnlyCollection<string> signatures)
    {
        var found = false;
        RunInTransaction(() =>
        {
            var present = Prepare("select sigs from ValidPaths where path = ?1").Bind(1, path.ToString()).First(static row => row.Text(0) ?? "");
            found = present is not null;
            if (found)
            {
                Prepare("update ValidPaths set sigs = ?2 where path = ?1").Bind(1, path.ToString()).Bind(2, Join(present!.Split(' ').Concat(signatures))).Run();
            }
        });
        return found;
    }

    /// <summary>Signatures as the database has them: sorted, each once; null for none.</summary>
    private static string? Join(IEnumerable<string> signatures)
    {
        var text = string.Join(' ', signatures.Where(static signature => signature.Length > 0).Distinct().Order(StringComparer.Ordinal));
        return text.Length == 0 ? null : text;
    }

    private long AddRow(PathInfo info)
    {
        if (FindId(info.Path) is { } known)
        {
            Bind("update ValidPaths set hash = ?2, narSize = ?3, ultimate = ?4, sigs = ?5, ca = ?6, deriver = coalesce(?7, deriver) where path = ?1", info).Run();
            return known;
        }

        Bind("insert into ValidPaths (path, hash, narSize, ultimate, sigs, ca, deriver, registrationTime) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", info)
            .Bind(8, info.RegistrationTime.ToUnixTimeSeconds()).Run();
        return raw.sqlite3_last_insert_rowid(_connection.Handle);
    }

    private SqliteStatement Bind(string sql, PathInfo info)
    {
        var statement = Prepare(sql).Bind(1, info.Path.ToString()).Bind(2, info.NarHash.ToString(HashFormat.Base16)).Bind(3, info.NarSize);
        statement = info.Ultimate ? statement.Bind(4, 1) : statement.Bind(4, null);
        return statement.Bind(5, Join(info.Signatures)).Bind(6, info.ContentAddress?.ToString()).Bind(7, info.Deriver?.ToString());
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

            Prepare("insert or replace into Refs (referrer, reference) values (?1, ?2)").Bind(1, ids[info.Path]).Bind(2, id).Run();
        }
    }
}
