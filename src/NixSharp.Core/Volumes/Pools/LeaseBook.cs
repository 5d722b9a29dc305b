using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Garbage;

namespace NixSharp.Volumes.Pools;

/// <summary>
/// The leases of a pool: a folder each, with a description and the symlinks that the store has as roots. A volume's own
/// lease is changed only by who holds the volume's lock.
/// </summary>
internal sealed class LeaseBook(PoolLayout layout, IFileSystemStore store, TimeProvider time)
{
    private const int Version = 1;
    private const int MaxSize = 4 * 1024 * 1024;
    private const int SuffixLength = 8;
    private const string Description = "lease.json";

    /// <summary>Keeps paths, and all that they need, from being collected, unless a lease of the volume does so already.</summary>
    /// <exception cref="NixStoreException">A path is not valid any more, or the store can make no roots.</exception>
    public async Task HoldAsync(VolumeName volume, IReadOnlyList<StorePath> roots, CancellationToken cancellationToken)
    {
        if (Of(volume).Any(lease => lease.Lease is { Released: null } known && known.Roots.SequenceEqual(roots)))
        {
            return;
        }

        // For as long as the links are not known to the store. A daemon keeps the path until the store is closed.
        using var temporary = store is LocalStore local ? TemporaryRoots.Open(local.Layout) : null;
        await (temporary?.AddAsync(roots, cancellationToken) ?? AskToKeepAsync(roots, cancellationToken)).ConfigureAwait(false);

        var folder = Path.Combine(layout.Leases, $"{volume}.{RandomNumberGenerator.GetHexString(SuffixLength, lowercase: true)}");
        Directory.CreateDirectory(folder);
        AtomicFile.SyncFolder(layout.Leases);
        var links = store.Require<IIndirectRoots>("keep GC roots");
        for (var index = 0; index < roots.Count; index++)
        {
            var link = Path.Combine(folder, index == 0 ? "result" : $"result-{index}");
            AtomicFile.WriteSymlink(link, roots[index].ToString());
            await links.AddIndirectRootAsync(link, cancellationToken).ConfigureAwait(false);
        }

        await store.GetPathInfosAsync(roots, cancellationToken).ConfigureAwait(false);

        // Last: a lease that has a description has all its links.
        Write(folder, new VolumeLease(volume, roots, time.GetUtcNow()));
    }

    /// <summary>Begins the grace time of a volume that is gone.</summary>
    public void Release(VolumeName volume)
    {
        foreach (var (folder, lease) in Of(volume))
        {
            if (lease is { Released: null })
            {
                Write(folder, lease with { Released = time.GetUtcNow() });
            }
        }
    }

    public IReadOnlyList<VolumeLease> List() => [.. Read("*").Select(static found => found.Lease).OfType<VolumeLease>().OrderBy(static lease => lease.Held)];

    /// <summary>The volumes that leases are held for.</summary>
    public IReadOnlyList<VolumeName> ListHeld() => [.. List().Where(static lease => lease.Released is null).Select(static lease => lease.Volume).Distinct()];

    /// <summary>Ends the leases whose grace time is over.</summary>
    /// <returns>How many there were.</returns>
    public int Collect(TimeSpan grace, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ended = 0;
        foreach (var (folder, lease) in Read("*"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (lease is { Released: { } released } && released + grace <= now)
            {
                FileTree.Delete(folder, cancellationToken);
                ended++;
            }
            else if (lease is null && now - Directory.GetLastWriteTimeUtc(folder) > grace)
            {
                // Begun or ended by a process that was killed: it keeps nothing that a volume has.
                FileTree.Delete(folder, cancellationToken);
            }
        }

        return ended;
    }

    private async Task AskToKeepAsync(IReadOnlyList<StorePath> roots, CancellationToken cancellationToken)
    {
        var keeper = store.Require<IStoreRoots>("keep GC roots");
        foreach (var root in roots)
        {
            await keeper.AddTemporaryRootAsync(root, cancellationToken).ConfigureAwait(false);
        }
    }

    private IEnumerable<(string Folder, VolumeLease? Lease)> Of(VolumeName volume) =>
        Read($"{volume}.*").Where(found => found.Lease?.Volume == volume);

    private List<(string Folder, VolumeLease? Lease)> Read(string pattern) =>
        [.. Directory.EnumerateDirectories(layout.Leases, pattern).Select(folder => (folder, ReadOne(folder)))];

    private VolumeLease? ReadOne(string folder)
    {
        try
        {
            var file = new FileInfo(Path.Combine(folder, Description));
            return file is { Exists: true, Length: <= MaxSize } ? Parse(File.ReadAllText(file.FullName)) : null;
        }
        catch (Exception error) when (error is NixFormatException or VolumeException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private VolumeLease? Parse(string text)
    {
        var json = JsonNodes.Expect<JObject>(JsonText.Parse(text), "a lease");
        return JsonNodes.Number(json["version"], "the version") == Version
            ? new VolumeLease(
                VolumeName.Parse(JsonNodes.Text(json["volume"], "the volume")),
                [.. JsonNodes.Items(json["roots"], "the roots").Select(root => JsonNodes.ReadPath(root, store.StoreDirectory))],
                JsonNodes.Time(json["held"], "the time") ?? default)
            {
                Released = JsonNodes.Time(json["released"], "the time of release"),
            }
            : null;
    }

    private static void Write(string folder, VolumeLease lease) => AtomicFile.Write(
        Path.Combine(folder, Description),
        Encoding.UTF8.GetBytes(JsonText.Format(new JObject
        {
            ["version"] = Version,
            ["volume"] = lease.Volume.ToString(),
            ["roots"] = new JArray(lease.Roots.Select(static root => root.ToString())),
            ["held"] = lease.Held.ToUnixTimeSeconds(),
            ["released"] = lease.Released?.ToUnixTimeSeconds(),
        })));
}
