using System.Net;
using NixSharp.Derivations;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Building;

public sealed class SpecialDerivationTests
{
    private const string Floating = """floating = { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };""";

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task What_resolves_to_something_that_was_built_is_not_built()
    {
        using var lab = new BuildLab();
        string Expression(string comment) => $$"""
            let {{Floating}} lib = run (floating // { name = "lib"; comment = "{{comment}}"; }) "echo lib >$out"; in run (floating // { name = "app"; inherit lib; }) "${bb} cat $lib >$out"
            """;
        var derivation = await lab.InstantiateOursAsync(Expression("one"));
        await using var store = lab.OpenOurs();
        var first = await BuildLab.BuildAsync(store, derivation);
        Assert.Equal(BuildStatus.Built, first.Status);
        derivation = await lab.InstantiateOursAsync(Expression("two"));
        var second = await BuildLab.BuildAsync(store, derivation);
        Assert.Equal(BuildStatus.ResolvesToAlreadyValid, second.Status);
        Assert.Equal(first.BuiltOutputs["out"].OutputPath, second.BuiltOutputs["out"].OutputPath);
        Assert.Equal(BuildStatus.AlreadyValid, (await BuildLab.BuildAsync(store, derivation)).Status);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_takes_what_we_recorded_and_builds_nothing(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        var derivation = await lab.InstantiateOursAsync($$"""
            let {{Floating}} lib = run (floating // { name = "lib"; }) "echo lib >$out"; in run { name = "app"; inherit lib; } "${bb} cat $lib >$out"
            """);
        await using var store = lab.OpenOurs();
        var ours = await BuildLab.BuildAsync(store, derivation);
        Assert.True(ours.IsSuccess, ours.ErrorMessage);
        var theirs = await lab.RunNixAsync("nix-store", "--store", lab.Ours, "--realise", derivation.ToString());
        Assert.Equal(ours.BuiltOutputs["out"].OutputPath.ToString(), theirs.Output.Trim());
        Assert.DoesNotContain("building '", theirs.Error, StringComparison.Ordinal);
    }

    [Theory]
    [OnNix(NixRelease.Debian13)]
    public async Task A_derivation_that_another_one_makes_is_built(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        var derivation = await lab.InstantiateOursAsync("""
            let
              inner = run { name = "inner"; } "echo inner >$out";
              maker = run { name = "inner.drv"; __contentAddressed = true; outputHashMode = "text"; outputHashAlgo = "sha256"; } "${bb} cp ${builtins.unsafeDiscardOutputDependency inner.drvPath} $out";
            in
            run { name = "outer"; made = builtins.outputOf maker.outPath "out"; } "${bb} cat $made >$out; echo outer >>$out"
            """);
        await using var store = lab.OpenOurs();
        var result = await BuildLab.BuildAsync(store, derivation);
        Assert.True(result.IsSuccess, result.ErrorMessage);

        // Nix 2.26 instantiates such derivations, and cannot build them yet.
        var output = result.BuiltOutputs["out"].OutputPath;
        Assert.Equal("inner\nouter\n", await File.ReadAllTextAsync(store.GetRealPath(output)));
    }

    [Theory]
    [OnNix(NixRelease.Debian13)]
    public async Task An_impure_derivation_is_built_each_time(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        var derivation = await lab.InstantiateOursAsync("""
            run { name = "impure"; __impure = true; } "${bb} cat /proc/sys/kernel/random/uuid >$out"
            """);
        await using var store = lab.OpenOurs();
        var first = await BuildLab.BuildAsync(store, derivation);
        var second = await BuildLab.BuildAsync(store, derivation);
        Assert.Equal((BuildStatus.Built, BuildStatus.Built), (first.Status, second.Status));
        Assert.NotEqual(first.BuiltOutputs["out"].OutputPath, second.BuiltOutputs["out"].OutputPath);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Downloads_need_no_program(NixRelease nix)
    {
        using var lab = new BuildLab(nix);
        using var server = new HttpListener();
        var url = Listen(server);
        var answering = Task.Run(async () =>
        {
            while (true)
            {
                var context = await server.GetContextAsync();
                context.Response.StatusCode = context.Request.RawUrl == "/file" ? 200 : 404;
                await context.Response.OutputStream.WriteAsync("downloaded\n"u8.ToArray());
                context.Response.Close();
            }
        });
        var derivation = await lab.InstantiateAsync(Fetch(url + "file", "executable = true; outputHashMode = \"recursive\"; outputHash = \"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\";"));
        await using var store = lab.OpenOurs();
        var mismatch = await BuildLab.BuildAsync(store, derivation);
        Assert.Equal(BuildStatus.HashMismatch, mismatch.Status);
        var got = mismatch.ErrorMessage.Split("got: ")[1].Split('\n')[0];

        derivation = await lab.InstantiateAsync(Fetch(url + "file", $"executable = true; outputHashMode = \"recursive\"; outputHash = \"{got}\";"));
        var result = await BuildLab.BuildAsync(store, derivation);
        Assert.True(result.IsSuccess, result.ErrorMessage);
        var theirs = await lab.BuildWithNixAsync(derivation);
        Assert.True(theirs.ExitCode == 0, theirs.Error);
        Assert.Equal(theirs.Output.Trim(), result.BuiltOutputs["out"].OutputPath.ToString());

        derivation = await lab.InstantiateOursAsync(Fetch("file://" + lab.Folder.Write("local", "local\n"), "outputHashMode = \"flat\"; outputHash = builtins.hashString \"sha256\" \"local\\n\";"));
        Assert.True((await BuildLab.BuildAsync(store, derivation)).IsSuccess);
        derivation = await lab.InstantiateOursAsync(Fetch(url + "missing", "outputHashMode = \"flat\"; outputHash = builtins.hashString \"sha256\" \"missing\";"));
        var missing = await BuildLab.BuildAsync(store, derivation);
        Assert.Equal(BuildStatus.TransientFailure, missing.Status);
        Assert.Contains("404", missing.ErrorMessage, StringComparison.Ordinal);
        server.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => answering);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_derivation_that_is_not_in_the_store_is_built_where_its_inputs_are()
    {
        using var lab = new BuildLab();
        var path = await lab.InstantiateOursAsync("""run { } "echo hi >$out" """);
        await using var store = lab.OpenOurs();
        var derivation = Derivation.Parse(await File.ReadAllBytesAsync(store.GetRealPath(path)), path);
        await store.DeleteAsync(path);
        var result = await store.BuildDerivationAsync(path, derivation);
        Assert.Equal(BuildStatus.Built, result.Status);
        Assert.Equal("hi\n", await File.ReadAllTextAsync(store.GetRealPath(result.BuiltOutputs["out"].OutputPath)));
    }

    private static string Fetch(string url, string attributes) =>
        $$"""derivation { name = "download"; system = "builtin"; builder = "builtin:fetchurl"; url = "{{url}}"; outputHashAlgo = "sha256"; preferLocalBuild = true; {{attributes}} }""";

    private static string Listen(HttpListener server)
    {
        // The listener takes no port of the system's choice.
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        server.Prefixes.Add(url);
        server.Start();
        return url;
    }
}
