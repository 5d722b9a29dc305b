using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Fills the folder that a sandbox is made from.</summary>
internal sealed class SandboxMaker(LocalStore store, BuildInputs inputs, IReadOnlyList<SandboxMount> extra)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = OwnerOnly
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // What a builder with the network needs to find hosts and to trust them.
    private static readonly string[] NetworkFiles = ["/etc/resolv.conf", "/etc/services", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"];

    /// <summary>Makes the folders and files.</summary>
    /// <param name="folder">The sandbox's folder, which does not exist yet.</param>
    /// <param name="buildFolder">The build folder, which does.</param>
    /// <param name="cores">What the builder is told in <c>NIX_BUILD_CORES</c>.</param>
    public Sandbox Make(string folder, string buildFolder, int cores)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        var root = Path.Combine(folder, "root");
        Directory.CreateDirectory(folder, OwnerOnly);
        Directory.CreateDirectory(root, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        Directory.CreateDirectory(Path.Combine(root, "tmp"));
        File.SetUnixFileMode(Path.Combine(root, "tmp"), Everybody | UnixFileMode.StickyBit);
        Directory.CreateDirectory(Path.Combine(root, inputs.Derivation.StoreDirectory.Path[1..]));
        var outputs = Path.Combine(folder, "store");
        Directory.CreateDirectory(outputs);
        File.SetUnixFileMode(outputs, (Everybody & ~UnixFileMode.OtherWrite) | UnixFileMode.StickyBit);
        WriteAccounts(Path.Combine(root, "etc"));

        var mounts = new List<SandboxMount>();
        foreach (var path in inputs.Closure.Paths.Select(static info => info.Path))
        {
            mounts.Add(new SandboxMount(store.GetRealPath(path), path.ToString()));
        }

        mounts.AddRange(extra.Where(mount => !inputs.Closure.Paths.Any(info => info.Path.ToString() == mount.Target)));
        if (inputs.HasNetwork)
        {
            mounts.AddRange(NetworkFiles.Where(File.Exists).Select(static file => new SandboxMount(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file, file, IsOptional: true)));
        }

        return new Sandbox
        {
            Folder = folder,
            StoreDirectory = inputs.Derivation.StoreDirectory.Path,
            BuildFolder = buildFolder,
            Mounts = mounts,
            HasNetwork = inputs.HasNetwork,
            Is32Bit = inputs.Derivation.System == "i686-linux",
            Program = inputs.Derivation.Builder,
            Arguments = [.. inputs.Derivation.Arguments.Select(inputs.Rewrite)],
            Environment = new BuildEnvironment(inputs, buildFolder, cores).Write(),
        };
    }

    private void WriteAccounts(string etc)
    {
        Directory.CreateDirectory(etc);
        File.WriteAllText(
            Path.Combine(etc, "passwd"),
            $"root:x:0:0:Nix build user:{SandboxFiles.BuildFolder}:/noshell\nnixbld:x:1000:100:Nix build user:{SandboxFiles.BuildFolder}:/noshell\nnobody:x:65534:65534:Nobody:/:/noshell\n");
        File.WriteAllText(Path.Combine(etc, "group"), "root:x:0:\nnixbld:!:100:\nnogroup:x:65534:\n");
        if (inputs.HasNetwork)
        {
            File.WriteAllText(Path.Combine(etc, "nsswitch.conf"), "hosts: files dns\nservices: files\n");
        }
        else
        {
            File.WriteAllText(Path.Combine(etc, "hosts"), "127.0.0.1 localhost\n::1 localhost\n");
        }
    }
}
