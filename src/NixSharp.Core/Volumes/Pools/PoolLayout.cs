using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Volumes.Mounting;

namespace NixSharp.Volumes.Pools;

/// <summary>Where a pool keeps what.</summary>
/// <param name="Folder">The pool's folder, without symlinks.</param>
internal sealed record PoolLayout(string Folder)
{
    private const int Version = 1;
    private const int MaxDescriptionSize = 64 * 1024;
    private const int IdLength = 32;
    private const string LockSuffix = ".lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The volumes, each under its name.</summary>
    public string Volumes => Path.Combine(Folder, "volumes");

    /// <summary>A folder for each mount that was asked for, with its record and what is written to it, and while it changes a lock beside that.</summary>
    public string Mounts => Path.Combine(Folder, "mounts");

    /// <summary>The leases.</summary>
    public string Leases => Path.Combine(Folder, "leases");

    private string Description => Path.Combine(Folder, "pool.json");

    public string VolumeOf(VolumeName name) => Path.Combine(Volumes, name.ToString());

    public VolumePlace PlaceOf(VolumeName name) => VolumePlace.Of(VolumeOf(name));

    public string MountOf(string mountId) => Path.Combine(Mounts, mountId);

    public string LayerOf(string mountId) => Path.Combine(Mounts, mountId, "layer");

    public string RecordOf(string mountId) => Path.Combine(Mounts, mountId, "mount.json");

    public string LockOf(string mountId) => Path.Combine(Mounts, mountId + LockSuffix);

    /// <summary>What stands for the mount at <paramref name="target"/> in names of files.</summary>
    public static string MountIdOf(string target) =>
        NixHash.Compute(NixHashAlgorithm.Sha256, Encoding.UTF8.GetBytes(target)).ToDigestString(HashFormat.Nix32)[..IdLength];

    /// <summary>The mounts that there are records, locks or layers of.</summary>
    public IReadOnlyList<string> FindMountIds() =>
    [
        .. Directory.EnumerateFileSystemEntries(Mounts)
            .Select(static path => Path.GetFileNameWithoutExtension(path))
            .Where(static id => id.Length == IdLength)
            .Distinct(),
    ];

    /// <summary>Makes the folders of a pool in <paramref name="folder"/>, which is new or empty, or checks that it is one.</summary>
    /// <exception cref="VolumeException">The folder is something else, or a pool of another store.</exception>
    public static async Task<PoolLayout> OpenOrCreateAsync(string folder, StoreDirectory directory, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var layout = new PoolLayout(MountTable.IsAvailable ? MountTable.Resolve(folder) : folder);
            if (!File.Exists(layout.Description))
            {
                await layout.CreateAsync(directory, cancellationToken).ConfigureAwait(false);
            }

            await layout.CheckAsync(directory, cancellationToken).ConfigureAwait(false);
            Directory.CreateDirectory(layout.Volumes);
            Directory.CreateDirectory(layout.Leases);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(layout.Mounts);
            }
            else
            {
                // What is written to volumes is nobody else's business.
                Directory.CreateDirectory(layout.Mounts, OwnerOnly);
            }

            return layout;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw Invalid(folder, $"{FileErrors.Explain(error)} Check its owner and mode", error);
        }
    }

    private async Task CreateAsync(StoreDirectory directory, CancellationToken cancellationToken)
    {
        // A killed process may have left its description half written.
        if (Directory.EnumerateFileSystemEntries(Folder).FirstOrDefault(static entry => !Path.GetFileName(entry).StartsWith(".tmp-", StringComparison.Ordinal)) is { } other
            && !File.Exists(Description))
        {
            throw Invalid(Folder, $"it has {Path.GetFileName(other)} in it, and no pool.json. Choose a new or an empty folder");
        }

        var json = new JObject { ["version"] = Version, ["storeDir"] = directory.Path };
        await AtomicFile.WriteAsync(Description, Encoding.UTF8.GetBytes(JsonText.Format(json)), cancellationToken).ConfigureAwait(false);
    }

    private async Task CheckAsync(StoreDirectory directory, CancellationToken cancellationToken)
    {
        string storeDirectory;
        try
        {
            var json = JsonNodes.Expect<JObject>(JsonText.Parse(await SmallFile.ReadTextAsync(Description, MaxDescriptionSize, NixErrorCodes.InvalidVolumePool, cancellationToken).ConfigureAwait(false)), "an object");
            if (JsonNodes.Number(json["version"], "the version") is not Version)
            {
                throw Invalid(Folder, $"its pool.json has version {json["version"]}, and only {Version} is known here. Use the version that made it");
            }

            storeDirectory = JsonNodes.Text(json["storeDir"], "the store directory");
        }
        catch (Exception error) when (error is NixFormatException or NixFileException)
        {
            throw Invalid(Folder, $"its pool.json is not understood ({error.Message}). Restore it, or choose another folder", error);
        }

        if (storeDirectory != directory.Path)
        {
            throw Invalid(Folder, $"it is for stores at {storeDirectory}, and this one is at {directory}. Choose another folder");
        }
    }

    private static VolumeException Invalid(string folder, string why, Exception? error = null) => new(
        NixErrorCodes.InvalidVolumePool,
        $"The folder {folder} cannot be a pool of volumes: {why}.",
        folder,
        error);
}
