using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>The folders of one build: one in the store, from which the sandbox is made and which outputs leave by a rename, and the build folder.</summary>
internal sealed class BuildFolders : IDisposable
{
    private readonly string _buildFolder;
    private bool _keepBuildFolder;

    private BuildFolders(string sandbox, string buildFolder)
    {
        Sandbox = sandbox;
        _buildFolder = buildFolder;

        // Below another folder that only its owner may enter: what a builder gives rights to is nobody else's business.
        Build = Path.Combine(buildFolder, "build");
    }

    /// <summary>The sandbox's folder, on the store's file system.</summary>
    public string Sandbox { get; }

    /// <summary>The folder that builders start in.</summary>
    public string Build { get; }

    public static async Task<BuildFolders> CreateAsync(LocalStore store, string name, CancellationToken cancellationToken)
    {
        // A name that could be a store path's, so that Nix's collector spares it as a temporary root and removes it
        // should this process be killed.
        var sandbox = StorePath.ParseBaseName($"{Nix32.Encode(RandomNumberGenerator.GetBytes(20))}-sandbox", store.StoreDirectory);
        await store.AddTemporaryRootAsync(sandbox, cancellationToken).ConfigureAwait(false);
        var folders = new BuildFolders(store.GetRealPath(sandbox), Directory.CreateTempSubdirectory($"nix-build-{name}.drv-").FullName);
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folders.Build, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return folders;
    }

    /// <summary>Where outputs lie after the build.</summary>
    public string Outputs => Path.Combine(Sandbox, "store");

    /// <summary>Leaves the build folder where it is.</summary>
    public string KeepBuildFolder()
    {
        _keepBuildFolder = true;
        return Build;
    }

    public void Dispose()
    {
        try
        {
            FileTree.Delete(Sandbox, CancellationToken.None);
        }
        finally
        {
            if (!_keepBuildFolder)
            {
                FileTree.Delete(_buildFolder, CancellationToken.None);
            }
        }
    }
}
