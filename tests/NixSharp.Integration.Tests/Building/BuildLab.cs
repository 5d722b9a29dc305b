using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Building;

/// <summary>
/// Two stores with the same derivations, which Nix instantiates: in one Nix builds them, in its sandbox, in the other
/// NixSharp. Expressions know <c>bb</c>, the path of a static busybox in the store, and <c>run</c>, which makes a derivation
/// of attributes and a shell script.
/// </summary>
internal sealed class BuildLab : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NixRelease _nix;

    public BuildLab(NixRelease nix = NixRelease.Machine)
    {
        _nix = nix;
        Directory.CreateDirectory(_folder["busybox"]);
        File.Copy("/bin/busybox", _folder["busybox/busybox"]);
    }

    private string Configuration => $"""
        experimental-features = nix-command flakes ca-derivations{(_nix == NixRelease.Machine ? "" : " dynamic-derivations impure-derivations")}
        sandbox = true
        sandbox-paths =
        build-users-group =
        substituters =
        """;

    public string Ours => _folder["ours"];

    public string Theirs => _folder["theirs"];

    public TemporaryFolder Folder => _folder;

    public LocalStore OpenOurs() => LocalStore.Open(Ours, new StoreOptions { SyncBeforeRegistering = false });

    /// <summary>Has Nix instantiate an expression in both stores.</summary>
    public async Task<StorePath> InstantiateAsync(string expression)
    {
        var path = await InstantiateAsync(Ours, expression);
        Assert.Equal(path, await InstantiateAsync(Theirs, expression));
        return path;
    }

    /// <summary>Has Nix instantiate an expression in our store.</summary>
    public Task<StorePath> InstantiateOursAsync(string expression) => InstantiateAsync(Ours, expression);

    /// <summary>Has Nix build in its store.</summary>
    public Task<CommandLineResult> BuildWithNixAsync(StorePath derivation, params string[] options) =>
        RunNixAsync("nix-store", ["--store", Theirs, "--realise", derivation.ToString(), .. options]);

    /// <summary>Runs one of Nix's programs, with the features that the tests need.</summary>
    public Task<CommandLineResult> RunNixAsync(string program, params string[] arguments) => CommandLine.TryRunAsync(
        new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = Configuration } },
        _nix.PathOf(program),
        arguments);

    /// <summary>Builds one derivation without Nix.</summary>
    public static async Task<BuildResult> BuildAsync(LocalStore store, StorePath derivation, BuildOptions? options = null, CancellationToken cancellationToken = default) =>
        Assert.Single(await store.BuildAsync([DerivedPath.Of(derivation, OutputsSpec.All)], options, cancellationToken));

    public void Dispose() => _folder.Dispose();

    private async Task<StorePath> InstantiateAsync(string store, string expression)
    {
        var file = _folder.Write("expression.nix", $$$"""
            let
              bb = "${builtins.path { path = {{{_folder["busybox"]}}}; name = "busybox"; }}/busybox";
              run = attributes: script: derivation ({ name = "test"; system = builtins.currentSystem; builder = bb; args = [ "sh" "-c" script ]; } // attributes);
            in
            {{{expression}}}
            """);
        var result = await RunNixAsync("nix-instantiate", "--store", store, file);
        Assert.True(result.ExitCode == 0, result.Error);
        return StorePath.Parse(result.Output.Trim().Split('!')[0]);
    }
}
