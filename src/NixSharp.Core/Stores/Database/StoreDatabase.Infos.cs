using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Database;

internal sealed partial class StoreDatabase
{
    private const string InfoColumns = "id, path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca";

    private static readonly long LatestTime = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>What is known of a path; null where it is not valid.</summary>
    public PathInfo? Query(StorePath path) => Query([path]).GetValueOrDefault(path);

    /// <summary>What is known of several paths; those that are not valid are left out.</summary>
    public Dictionary<StorePath, PathInfo> Query(IReadOnlyCollection<StorePath> paths) => Read(database =>
    {
        var known = new Dictionary<long, StorePath>();
        var infos = new Dictionary<StorePath, PathInfo>(paths.Count);
        foreach (var path in paths)
        {
            var found = database.Prepare($"select {InfoColumns} from ValidPaths where path = ?1").Bind(1, path.ToString()).First(row =>
            {
                known[row.Number(0)] = path;
                return database.ReadInfo(path, row, database.ReadReferences(row.Number(0), known));
            });
            if (found is not null)
            {
                infos[path] = found;
            }
        }

        return infos;
    });

    private StorePath[] ReadReferences(long referrer, Dictionary<long, StorePath> known)
    {
        var references = new List<StorePath>();
        var row = Prepare("select reference from Refs where referrer = ?1").Bind(1, referrer);
        while (row.Step())
        {
            var id = row.Number(0);
            if (!known.TryGetValue(id, out var path))
            {
                path = Prepare("select path from ValidPaths where id = ?1").Bind(1, id).First(found => ReadPath(found.Bytes(0)));
                known.Add(id, path.BaseName.Length > 0 ? path : throw Damaged($"a path refers to number {id}, which is not there"));
            }

            references.Add(path);
        }

        references.Sort();
        return [.. references];
    }

    /// <summary>Reads a row of <see cref="InfoColumns"/>.</summary>
    private PathInfo ReadInfo(StorePath path, SqliteStatement row, IReadOnlyList<StorePath> references)
    {
        Span<char> text = stackalloc char[128];
        var bytes = row.Bytes(2);
        var length = bytes.Length > text.Length ? 0 : System.Text.Encoding.Latin1.GetChars(bytes, text);
        if (!NixHash.TryParse(text[..length], out var hash) || hash.Algorithm != NixHashAlgorithm.Sha256)
        {
            throw Damaged($"the hash of {path} is '{row.Text(2)}'");
        }

        var (time, size) = (row.Number(3), row.Number(5));
        if (time < 0 || time > LatestTime || size < 0)
        {
            throw Damaged($"the time of {path} is {time}, its size {size}");
        }

        ContentAddress? address = null;
        if (row.Text(8) is { } written)
        {
            address = ContentAddress.TryParse(written, out var parsed) ? parsed : throw Damaged($"the content address of {path} is '{written}'");
        }

        return new PathInfo
        {
            Path = path,
            NarHash = hash,
            NarSize = size,
            References = references,
            Deriver = row.Bytes(4) is { IsEmpty: false } deriver ? ReadPath(deriver) : null,
            RegistrationTime = DateTimeOffset.FromUnixTimeSeconds(time),
            Ultimate = row.Number(6) == 1,
            Signatures = row.Text(7)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            ContentAddress = address,
        };
    }
}
