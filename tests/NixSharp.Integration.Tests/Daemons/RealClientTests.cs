using System.Diagnostics;
using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using NixSharp.Integration.Tests.Copying;
using NixSharp.Integration.Tests.Tool;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Daemons;

public sealed class RealClientTests : IDisposable
{
    private readonly CopyLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_adds_to_a_served_store_asks_it_and_verifies_it(NixRelease nix)
    {
        await using var served = Serve();
        var tree = Path.GetDirectoryName(_lab.Folder.Write("tree/file", "hello"))!;
        Directory.CreateDirectory(Path.Combine(tree, "empty"));
        var expected = await RealNix.RunAsync(nix, _lab.Folder["theirs"], "nix-store", "--add", tree);
        Assert.Equal(expected, await served.RunAsync(nix, "nix-store", "--add", tree));
        var flat = await RealNix.RunAsync(nix, _lab.Folder["theirs"], "nix-store", "--add-fixed", "sha1", Path.Combine(tree, "file"));
        Assert.Equal(flat, await served.RunAsync(nix, "nix-store", "--add-fixed", "sha1", Path.Combine(tree, "file")));
        var text = (await served.RunAsync(nix, "nix-instantiate", "--eval", "--read-write-mode", "--expr", $"builtins.toFile \"text\" \"on ${{builtins.storePath {expected.Trim()}}}\"")).Trim().Trim('"');

        Assert.Equal(expected, await served.RunAsync(nix, "nix-store", "--query", "--references", text));
        Assert.Equal($"{text}\n", await served.RunAsync(nix, "nix-store", "--query", "--referrers", expected.Trim()));
        Assert.Equal(
            await RealNix.RunAsync(nix, served.Folder, "nix", "path-info", "--all", "--json"),
            await served.RunAsync(nix, "nix", "path-info", "--all", "--json"));
        await served.RunAsync(nix, "nix", "store", "verify", "--all", "--no-trust");
        Assert.Equal(0, (await RealNix.VerifyAsync(served.Folder, nix)).ExitCode);
        Assert.Empty(served.Errors);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_copies_closures_to_a_served_store_and_from_it(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 300);
        await using (var served = Serve())
        {
            await RealNix.RunAsync(nix, _lab.Source, "nix", "copy", "--no-check-sigs", "--from", _lab.Source, "--to", served.Uri, top.ToString());
            await _lab.AssertCompleteAsync(nix, "served", top);
            await RealNix.RunAsync(nix, served.Uri, "nix", "copy", "--no-check-sigs", "--from", served.Uri, "--to", _lab.Folder["out"], top.ToString());
            Assert.Empty(served.Errors);
        }

        await _lab.AssertCompleteAsync(nix, "out", top);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_signs_and_keeps_paths_of_a_served_store(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 2);
        await using var served = Serve("source");
        var key = _lab.Folder.Write("key", await RealNix.RunAsync(nix, "dummy://", "nix", "key", "generate-secret", "--key-name", "test-1"));
        await served.RunAsync(nix, "nix", "store", "sign", "--key-file", key, top.ToString());
        Assert.Contains(" test-1:", await served.RunAsync(nix, "nix", "path-info", "--sigs", top.ToString()), StringComparison.Ordinal);

        await served.RunAsync(nix, "nix-store", "--realise", top.ToString(), "--add-root", _lab.Folder["root"]);
        Assert.Equal(top.ToString(), new FileInfo(_lab.Folder["root"]).LinkTarget);
        Assert.Contains($"{_lab.Folder["root"]} -> {top}\n", await served.RunAsync(nix, "nix-store", "--gc", "--print-roots"), StringComparison.Ordinal);
        Assert.Empty(served.Errors);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_verifies_optimises_and_collects_a_served_store(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 3);
        await using var served = Serve("source");
        string[] names = ["one", "two"];
        foreach (var name in names)
        {
            _lab.Folder.Write($"{name}/file", new string('x', 10_000));
            await served.RunAsync(nix, "nix-store", "--add", _lab.Folder[name]);
        }

        await served.RunAsync(nix, "nix-store", "--verify", "--check-contents");
        await served.RunAsync(nix, "nix-store", "--optimise");
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(Path.Combine(served.Folder, "nix/store/.links")));

        await served.RunAsync(nix, "nix-store", "--realise", top.ToString(), "--add-root", _lab.Folder["root"]);
        var dead = await served.RunAsync(nix, "nix-store", "--gc", "--print-dead");
        Assert.All(names, name => Assert.Contains($"-{name}\n", dead, StringComparison.Ordinal));
        Assert.DoesNotContain("-top\n", dead, StringComparison.Ordinal);
        Assert.Contains($"{top}\n", await served.RunAsync(nix, "nix-store", "--gc", "--print-live"), StringComparison.Ordinal);
        Assert.NotEqual(0, (await RealNix.TryRunAsync(nix, served.Uri, "nix-store", "--delete", top.ToString())).ExitCode);
        await served.RunAsync(nix, "nix-store", "--gc");

        await _lab.AssertCompleteAsync(nix, "source", top);
        await using var store = _lab.Open("source");
        Assert.DoesNotContain(await store.ListAsync(), path => names.Contains(path.Name));
        Assert.Empty(served.Errors);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_learns_of_damage_in_a_served_store(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 2);
        await using var served = Serve("source");
        await using var store = _lab.Open("source");
        var file = store.GetRealPath(top);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "damaged");
        var result = await RealNix.TryRunAsync(nix, served.Uri, "nix-store", "--verify", "--check-contents");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(top.ToString(), result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_has_a_served_store_fetch_what_its_substituters_have(NixRelease nix)
    {
        var top = await _lab.FillAsync();
        await using var source = _lab.Open("source");
        await using var served = new ServedStore(_lab.Folder["served"], _lab.Folder["socket"], source);
        var planned = await RealNix.TryRunAsync(nix, served.Uri, "nix-store", "--realise", "--dry-run", top.ToString());
        Assert.Contains("these 22 paths will be fetched", planned.Error, StringComparison.Ordinal);
        await served.RunAsync(nix, "nix-store", "--realise", top.ToString());
        await _lab.AssertCompleteAsync(nix, "served", top);
        Assert.Empty(served.Errors);
    }

    [RequiresTheory("nix", "bwrap", "busybox", Requirements.Root)]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_has_a_served_store_build_and_sees_the_log_and_the_failure(NixRelease nix)
    {
        Directory.CreateDirectory(_lab.Folder["tools"]);
        File.Copy("/bin/busybox", _lab.Folder["tools/busybox"]);
        await using var served = Serve();

        var built = await TryBuildAsync(served, nix, "echo a line; echo hello > $out");
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Contains("a line", built.Error, StringComparison.Ordinal);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Join(served.Folder, built.Output.Trim())));

        var failed = await TryBuildAsync(served, nix, "echo oh no; exit 3");
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("exit code 3", failed.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RealNix.VerifyAsync(served.Folder, nix)).ExitCode);
        Assert.Empty(served.Errors);
    }

    [RequiresTheory("nix", "setpriv", Requirements.Root)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stranger_adds_only_what_proves_itself(bool addressed)
    {
        var top = await _lab.FillAsync(texts: 2);
        await using var source = _lab.Open("source");
        if (!addressed)
        {
            // The same contents under a name that nothing but a signature could prove.
            var info = await source.GetPathInfoAsync(top);
            top = StorePath.ParseBaseName($"{new string('s', 32)}-stranger");
            using var nar = new MemoryStream();
            await source.ReadNarAsync(info.Path, nar);
            nar.Position = 0;
            await source.AddNarAsync(info with { Path = top, ContentAddress = null }, nar, new AddNarOptions { CheckSignatures = false });
        }

        var cache = $"file://{_lab.Folder["cache"]}";
        await using (var files = await NixStore.OpenAsync(cache))
        {
            await source.CopyToAsync(files, [top]);
        }

        // Nix makes folders in a cache even where it only reads.
        File.SetUnixFileMode(_lab.Folder.Path, (UnixFileMode)0x1ff);
        File.SetUnixFileMode(_lab.Folder["cache"], (UnixFileMode)0x1ff);
        await using var served = Serve();
        var result = await CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration, ["HOME"] = _lab.Folder["home"] } },
            "setpriv",
            "--reuid=65534", "--regid=65534", "--clear-groups",
            "nix", "copy", "--no-check-sigs", "--from", cache, "--to", $"unix://{served.Socket}", top.ToString());
        await using var store = _lab.Open("served");
        Assert.True(addressed == (result.ExitCode == 0), result.Error);
        Assert.Equal(addressed, await store.QueryPathInfoAsync(top) is not null);
        Assert.True(addressed || result.Error.Contains("not signed", StringComparison.Ordinal), result.Error);
    }

    [RequiresFact("nix")]
    public async Task A_client_of_another_machine_runs_the_daemon_by_ssh_and_gets_NARs()
    {
        var top = await _lab.FillAsync(texts: 3);

        // Takes the place of ssh: runs here what should run there.
        var program = _lab.Folder.Write("bin/ssh", "#!/bin/sh\nfor last; do :; done\nexec sh -c \"$last\"\n");
        File.SetUnixFileMode(program, (UnixFileMode)0x1ed);
        var daemon = _lab.Folder.Write("bin/served-daemon", $"#!/bin/sh\nexec dotnet {NixSharpProgram.Assembly} --store {_lab.Source} daemon --stdio\n");
        File.SetUnixFileMode(daemon, (UnixFileMode)0x1ed);
        var result = await CommandLine.TryRunAsync(
            new CommandLineOptions
            {
                Environment = new Dictionary<string, string>
                {
                    ["NIX_CONFIG"] = RealNix.Configuration,
                    ["PATH"] = $"{_lab.Folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
                },
            },
            "nix", "copy", "--no-check-sigs", "--from", $"ssh-ng://elsewhere?remote-program={daemon}", "--to", _lab.Folder["out"], top.ToString());
        Assert.True(result.ExitCode == 0, result.Error);
        await _lab.AssertCompleteAsync(NixRelease.Machine, "out", top);
    }

    [RequiresFact("nix")]
    public async Task The_program_serves_a_store_and_what_its_substituters_have_until_it_is_asked_to_stop()
    {
        var top = await _lab.FillAsync(texts: 2);
        var socket = _lab.Folder["socket"];
        await using var other = _lab.Open("other");
        var elsewhere = await other.AddTextAsync("elsewhere", "elsewhere");
        string[] arguments = [NixSharpProgram.Assembly, "--store", _lab.Source, "daemon", "--socket", socket, "--substituter", _lab.Folder["other"]];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardError = true })!;
        try
        {
            Assert.Equal($"serving at {socket}", await process.StandardError.ReadLineAsync());
            var info = JArray.Parse(await RealNix.RunAsync($"unix://{socket}?root={_lab.Source}", "nix", "path-info", "--json", top.ToString()));
            Assert.Equal(top.ToString(), (string)info[0]!["path"]!);
            Assert.Equal($"{elsewhere}\n", await RealNix.RunAsync($"unix://{socket}?root={_lab.Source}", "nix-store", "--realise", elsewhere.ToString()));
            Assert.Equal(0, Kill(process.Id, 15));
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.False(File.Exists(socket));
        }
        finally
        {
            process.Kill();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private ServedStore Serve(string name = "served") => new(_lab.Folder[name], _lab.Folder["socket"]);

    private Task<CommandLineResult> TryBuildAsync(ServedStore served, NixRelease nix, string script)
    {
        var tools = $"${{builtins.path {{ path = {_lab.Folder["tools"]}; name = \"tools\"; }}}}";
        return RealNix.TryRunAsync(nix, served.Uri, "nix-build", "--no-out-link", "--expr",
            $"derivation {{ name = \"test\"; system = builtins.currentSystem; builder = \"{tools}/busybox\"; args = [ \"sh\" \"-c\" \"{script}\" ]; }}");
    }
}
