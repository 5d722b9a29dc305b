using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Stores.Daemons;

/// <summary>A folder for stores and what goes into them, and derivations that a busybox builds.</summary>
public abstract class DaemonFixture : IDisposable
{
    protected TemporaryFolder Folder { get; } = new();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Folder.Dispose();

    /// <summary>A daemon whose builders see the folder of the test.</summary>
    protected Task<NixDaemon> StartAsync(NixRelease nix, string store = "store", string configuration = "") =>
        NixDaemon.StartAsync(nix, Folder[store], $"extra-experimental-features = ca-derivations\nextra-sandbox-paths = {Folder.Path}\n{configuration}");

    protected static async Task<DaemonStore> OpenAsync(NixDaemon daemon) => (DaemonStore)await NixStore.OpenAsync(daemon.Uri);

    protected string MakeTree(string name = "tree")
    {
        Folder.Write($"{name}/plain", "text");
        File.SetUnixFileMode(Folder.Write($"{name}/bin/run", "#!/bin/sh\n"), (UnixFileMode)0x1ed);
        Directory.CreateDirectory(Folder[$"{name}/empty"]);
        File.CreateSymbolicLink(Folder[$"{name}/link"], "plain");
        return Folder[name];
    }

    /// <summary>A derivation that runs a script with busybox, which is $b; the store has it and what it needs.</summary>
    protected async Task<StoreDerivation> AddScriptAsync(INixStore store, string name, string script, DerivationOutput? output = null, params StoreDerivation[] needs)
    {
        var derivation = await MakeScriptAsync(store, name, script, output, needs);
        await derivation.AddToAsync(store);
        return derivation;
    }

    /// <summary>A derivation that runs a script with busybox, which is $b; the store has what it needs only.</summary>
    protected async Task<StoreDerivation> MakeScriptAsync(INixStore store, string name, string script, DerivationOutput? output = null, params StoreDerivation[] needs)
    {
        if (!File.Exists(Folder["tools/busybox"]))
        {
            Directory.CreateDirectory(Folder["tools"]);
            File.Copy(Requirements.Find("busybox")!, Folder["tools/busybox"]);
        }

        var tools = await store.AddAsync(Folder["tools"]);
        var builder = new DerivationBuilder
        {
            Name = name,
            System = "x86_64-linux",
            Builder = $"{tools}/busybox",
            Arguments = ["sh", "-c", script],
            Output = output ?? new DerivationOutput.Deferred(),
        }.WithSources(tools).WithVariable("b", $"{tools}/busybox");
        return needs.Aggregate(builder, static (current, need) => current.WithInput(need)).Build();
    }

    protected static DerivedPath OutputsOf(StoreDerivation derivation) => DerivedPath.Of(derivation.Path, OutputsSpec.All);

    protected static async Task<byte[]> ReadNarAsync(INixStore store, StorePath path)
    {
        using var nar = new MemoryStream();
        await store.ReadNarAsync(path, nar);
        return nar.ToArray();
    }

    /// <summary>What is known of a path, without what each store decides for itself.</summary>
    protected static async Task<PathInfo> KnownOfAsync(INixStore store, StorePath path) =>
        (await store.GetPathInfoAsync(path)) with { RegistrationTime = default, References = [], Signatures = [] };
}
