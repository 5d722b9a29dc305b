using System.Globalization;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Csi.Tests;

/// <summary>A folder with a store, the state of a driver, and places to mount at; what is mounted in it goes in the end.</summary>
internal sealed class CsiLab : IAsyncDisposable
{
    public const string System = "x86_64-linux";

    private readonly List<DriverProcess> _drivers = [];

    private CsiLab(TemporaryFolder folder) => Folder = folder;

    public TemporaryFolder Folder { get; }

    /// <summary>The folder of the chroot store.</summary>
    public string Store => Folder["store"];

    public string State => Folder["state"];

    public string Socket => Folder["csi.sock"];

    public string this[string relative] => Folder[relative];

    public static CsiLab Create()
    {
        var lab = new CsiLab(new TemporaryFolder());
        Directory.CreateDirectory(lab.Shared);
        return lab;
    }

    /// <summary>A folder that builders see, too.</summary>
    public string Shared => Folder["shared"];

    /// <summary>Where a pod's volume is mounted.</summary>
    public string Target(string pod) => Folder[$"pods/{pod}/volumes/nix/mount"];

    /// <summary>Adds a folder whose only file has <paramref name="text"/>, which refers to another with BusyBox.</summary>
    public async Task<StorePath> AddAsync(string name, string text = "text", int files = 1)
    {
        await using var store = LocalStore.Open(Store, new StoreOptions { SyncBeforeRegistering = false });
        var source = $"sources/{Guid.NewGuid():N}";
        File.Copy(Requirements.Find("busybox")!, Folder.Write($"{source}/shell/bin/busybox", ""), overwrite: true);
        var shell = await store.AddAsync(Folder[$"{source}/shell"], "shell");
        for (var index = 0; index < files; index++)
        {
            Folder.Write($"{source}/app/text{(index == 0 ? "" : index.ToString(CultureInfo.InvariantCulture))}", $"{text} {(index == 0 ? "" : index)}");
        }

        Folder.Write($"{source}/app/shell", $"{shell}/bin/busybox");
        return await store.AddAsync(Folder[$"{source}/app"], name, new AddOptions { ReferenceCandidates = [shell] });
    }

    /// <summary>Builds a derivation with real Nix; its builder runs <paramref name="script"/> in BusyBox's shell.</summary>
    public async Task<StorePath> BuildAsync(string name, string script) => StorePath.Parse(
        (await RealNix.RunAsync(Store, "nix-build", "--no-out-link", "-E", Expression(name, script))).Trim());

    /// <summary>An expression for a derivation whose builder runs <paramref name="script"/> in BusyBox's shell, which is <c>$busybox/busybox</c>.</summary>
    public string Expression(string name, string script, string more = "")
    {
        if (!File.Exists(Folder["shell/busybox"]))
        {
            File.Copy(Requirements.Find("busybox")!, Folder.Write("shell/busybox", ""), overwrite: true);
        }

        return $"derivation {{ name = \"{name}\"; system = \"{System}\"; busybox = {Folder["shell"]}; builder = \"${{{Folder["shell"]}}}/busybox\"; args = [ \"sh\" \"-c\" \"{script.Replace("\"", "\\\"", StringComparison.Ordinal)}\" ]; {more} }}";
    }

    /// <summary>Where the files of a store path are.</summary>
    public string RealPath(StorePath path) => Path.Combine(Store, path.ToString()[1..]);

    /// <summary>Starts <c>nixsharp csi serve</c> for the lab's store.</summary>
    public async Task<DriverProcess> StartAsync(params IReadOnlyList<string> arguments)
    {
        var driver = await DriverProcess.StartToolAsync(Socket, ["--endpoint", $"unix://{Socket}", "--store", Store, "--state", State, "--node-id", "node-1", .. arguments]);
        _drivers.Add(driver);
        return driver;
    }

    /// <summary>Starts a driver in this process; it knows no substituters and no keys of the machine's.</summary>
    public async Task<DriverHere> StartHereAsync(Func<CsiOptions, CsiOptions>? change = null)
    {
        // Nix takes it from here, too.
        Environment.SetEnvironmentVariable("NIX_CONFIG", RealNix.Configuration);
        var driver = await DriverHere.StartAsync(change?.Invoke(Options) ?? Options);
        await driver.Driver.WaitUntilReadyAsync();
        return driver;
    }

    /// <summary>The options of a driver in this process.</summary>
    public CsiOptions Options => new() { Endpoint = Socket, Store = Store, StateFolder = State, NodeId = "node-1", Substituters = [], TrustedKeys = [], NixSettings = Settings };

    /// <summary>How builders get to see <see cref="Shared"/>.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["sandbox-paths"] = Shared };

    /// <summary>The mount points in the lab.</summary>
    public IReadOnlyList<string> Mounts() =>
        [.. File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' ')[4]).Where(point => point.StartsWith(Folder.Path + "/", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        foreach (var driver in _drivers)
        {
            await driver.DisposeAsync();
        }

        foreach (var point in Mounts().Reverse())
        {
            await CommandLine.TryRunAsync("umount", "--lazy", point);
        }

        Folder.Dispose();
    }
}
