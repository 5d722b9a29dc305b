using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Benchmarks;

/// <summary>What the comparisons share: where they work and what they run. Inputs are made when first asked for, and kept for the next run.</summary>
/// <param name="root">The repository.</param>
/// <param name="registry">A registry on loopback, where there is one.</param>
internal sealed class Workshop(string root, RegistryServer? registry) : IDisposable
{
    /// <summary>
    /// The folder for inputs and results. Not in the repository: Debian 13's Nix runs in a root of its own, which shares
    /// only this folder with the machine.
    /// </summary>
    public static string Work { get; } = Path.Combine(Path.GetTempPath(), "nixsharp-bench");

    /// <summary>What programs take for the user's cache folder.</summary>
    public static string Cache { get; } = FileOf("cache");

    /// <summary>A chroot store that holds the inputs.</summary>
    public static string Store { get; } = FileOf("store");

    private SlowProxy? _slow;

    public string Root => root;

    /// <summary>The <c>nixsharp</c> program.</summary>
    public string Tool { get; } = Path.Combine(root, "artifacts", "nixsharp", "nixsharp");

    /// <summary>The registry's <c>HOST:PORT</c>; empty where there is none, and no comparison needs it then.</summary>
    public string Registry => registry?.Host ?? "";

    /// <summary>The same registry, 50 ms away: the <c>HOST:PORT</c> of a proxy.</summary>
    public string SlowRegistry => (_slow ??= new SlowProxy(registry!.Port, TimeSpan.FromMilliseconds(50))).Host;

    /// <summary>A folder of 1 GB in 20,000 files.</summary>
    public static string LargeTree => Trees.Large(Work);

    /// <summary>Deletes a folder, read-only parts included.</summary>
    public static string Clean(string folder) => $"if [ -e '{folder}' ]; then chmod -R u+w '{folder}'; rm -rf '{folder}'; fi";

    /// <summary>A way to do the work with each release of Nix that is here.</summary>
    /// <param name="name">What is run, as the table calls it.</param>
    /// <param name="script">Makes the script, from a function that gives the path of one of the release's programs.</param>
    /// <param name="prepare">What runs before each run, untimed.</param>
    public static IEnumerable<Contender> ByNix(string name, Func<Func<string, string>, string> script, string prepare = ":") =>
        from release in Enum.GetValues<NixRelease>()
        where release.WhyMissing() is null
        select new Contender($"{name}, Nix {VersionOf(release)}", script(program => $"'{release.PathOf(program)}'"), prepare);

    /// <summary>A file or folder of the workshop.</summary>
    public static string FileOf(string name) => Path.Combine(Work, name);

    /// <summary>A file or folder in memory, where no disk is waited for.</summary>
    public static string InMemory(string name) => $"/dev/shm/nixsharp-bench-{name}";

    /// <summary>Runs a script and counts what it asks of the registry.</summary>
    public async Task<int> CountRequestsAsync(string script)
    {
        var before = registry!.Requests().Count;
        await ScriptTimer.RunAsync(script);
        return registry.Requests().Count - before;
    }

    /// <summary>The 1 GB tree as a store path of <see cref="Store"/>.</summary>
    public static async Task<StorePath> AddLargeTreeAsync()
    {
        await using var store = LocalStore.Open(Store);
        return await store.AddAsync(LargeTree);
    }

    public void Dispose() => _slow?.Dispose();

    private static string VersionOf(NixRelease release) => release == NixRelease.Machine ? "2.8" : "2.26";
}
