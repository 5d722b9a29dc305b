using System.Net;
using System.Net.Sockets;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Building;

public sealed class SandboxTests : IDisposable
{
    private readonly BuildLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_builder_sees_its_closure_alone_and_cannot_change_it()
    {
        await using (var store = _lab.OpenOurs())
        {
            await store.AddTextAsync("secret", "not for builders");
        }

        var log = await LogOfAsync("""
            let lib = run { name = "lib"; } "${bb} mkdir $out; echo lib >$out/file"; in
            run { inherit lib; } ''
              ${bb} ls /nix/store
              (echo changed >$lib/file) || (${bb} chmod u+w $lib/file) || ${bb} rm -f $lib/file || ${bb} mv $lib /nix/store/moved || echo not changed
              ${bb} cat $lib/file >$out
            ''
            """);
        Assert.DoesNotContain(log, static line => line.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(["busybox", "lib"], log.Where(static line => StorePath.TryParse($"/nix/store/{line}", null, out _)).Select(static line => line[33..]).Order());
        Assert.Contains("not changed", log);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task More_inputs_than_bubblewrap_takes_at_once_are_mounted_all_the_same()
    {
        var log = await LogOfAsync("""
            let files = builtins.genList (number: builtins.toFile "file-${toString number}" (toString number)) 300; in
            run { inherit files; } "for file in $files; do read line <$file; echo $line; done; (echo x >$file) || echo read-only; ${bb} ls /nix/store | ${bb} wc -l; echo hi >$out"
            """);
        Assert.Equal(Enumerable.Range(0, 300).Select(static number => $"{number}"), log.Take(300));
        Assert.Equal(["read-only", "301"], log.Where(static line => !line.Contains("Read-only", StringComparison.Ordinal)).Skip(300));
    }

    [RequiresFact("nix-instantiate", "bwrap", "setpriv", Requirements.Root)]
    public async Task An_ordinary_user_builds_too_with_few_inputs_and_with_many()
    {
        var derivation = await _lab.InstantiateOursAsync("""
            let files = builtins.genList (number: builtins.toFile "file-${toString number}" (toString number)) 210; in
            run { inherit files; few = run { name = "few"; } "echo few >$out"; } "${bb} cat $few $files >$out"
            """);
        await CommandLine.RunAsync("cp", "-r", Path.GetDirectoryName(Tool.NixSharpProgram.Assembly)!, _lab.Folder["tool"]);
        await CommandLine.RunAsync("chown", "-R", "1000:1000", _lab.Folder.Path);
        var result = await CommandLine.TryRunAsync(
            "setpriv",
            ["--reuid", "1000", "--regid", "1000", "--clear-groups", "env", $"HOME={_lab.Folder.Path}", "dotnet", _lab.Folder["tool/nixsharp.dll"], "drv", "build", derivation.ToString(), "--store", _lab.Ours]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("-test", result.Output, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Only_a_fixed_output_reaches_the_network()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("hi\n"u8.ToArray());
        });
        var script = $"\"${{bb}} nc -w 5 127.0.0.1 {port} </dev/null >$out || echo unreachable >$out; ${{bb}} cat $out\"";
        Assert.Equal("unreachable", (await LogOfAsync("run { } " + script))[^1]);
        Assert.Equal("hi", (await LogOfAsync("""run { outputHashAlgo = "sha256"; outputHash = builtins.hashString "sha256" "hi\n"; } """ + script))[^1]);
        await answering;
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_builder_cannot_have_its_outputs_looked_for_elsewhere()
    {
        var log = await LogOfAsync("""
            run { } ''
              ${bb} mv /nix/store /nix/other 2>/dev/null || echo the store stays
              b=${bb}
              b=/other''${b#/nix}
              ${bb} mv /nix /other
              $b mkdir /nix
              $b ln -s /tmp /nix/store
              echo elsewhere >/nix/store/''${out##*/}
              echo hi >/other/store/''${out##*/}
            ''
            """);
        Assert.Equal(["the store stays"], log);
        await using var store = _lab.OpenOurs();
        Assert.Equal("hi\n", await File.ReadAllTextAsync(store.GetRealPath(Assert.Single(await store.ListAsync(), static path => path.Name == "test"))));
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Strings_that_no_program_gets_are_refused_before_anything_reads_them_as_options()
    {
        var path = await _lab.InstantiateOursAsync("""run { } "echo hi >$out" """);
        await using var store = _lab.OpenOurs();
        var derivation = Derivation.Parse(await File.ReadAllBytesAsync(store.GetRealPath(path)), path);
        foreach (var hostile in (Derivation[])
            [
                derivation with { Environment = new Dictionary<string, string>(derivation.Environment) { ["x"] = "a\0--bind\0/\0/host" } },
                derivation with { Environment = new Dictionary<string, string>(derivation.Environment) { ["x\0y"] = "" } },
                derivation with { Environment = new Dictionary<string, string>(derivation.Environment) { ["x=y"] = "" } },
                derivation with { Arguments = ["a\0b"] },
                derivation with { Builder = "/bin/sh\0" },
            ])
        {
            Assert.Equal(BuildStatus.InputRejected, (await store.BuildDerivationAsync(path, hostile)).Status);
        }
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task Files_of_the_machine_are_there_where_the_caller_says_so()
    {
        var options = new BuildOptions { SandboxPaths = ["/bin/sh=/bin/busybox", "/greeting=" + _lab.Folder.Write("greeting", "hello\n"), "/missing?"] };
        var log = await LogOfAsync("""derivation { name = "test"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "read line </greeting; echo $line $0; (echo x >/greeting) 2>/dev/null || echo read-only; echo hi >$out" ]; }""", options);
        Assert.Equal(["hello sh", "read-only"], log);

        await using var store = _lab.OpenOurs();
        var derivation = await _lab.InstantiateOursAsync("""run { } "echo other >$out" """);
        foreach (var entry in (string[])["/missing", "relative", "/a=/../b"])
        {
            var error = await Assert.ThrowsAsync<NixStoreException>(() => BuildLab.BuildAsync(store, derivation, new BuildOptions { SandboxPaths = [entry] }));
            Assert.Equal(NixErrorCodes.InvalidSandboxPath, error.Code);
        }
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task No_file_becomes_set_user_id_and_no_signal_is_ignored()
    {
        var log = await LogOfAsync("""
            run { } ''
              echo hi >$out
              ${bb} chmod 4755 $out 2>&1
              ${bb} stat -c %a $out
              ${bb} grep SigIgn /proc/self/status
            ''
            """);
        Assert.Contains("Operation not permitted", log[0], StringComparison.Ordinal);
        Assert.Equal(["644", "SigIgn:\t0000000000000000"], log.Skip(1));
    }

    [RequiresFact("nix-instantiate", "bwrap")]
    public async Task A_kill_of_the_process_that_builds_ends_the_builder_and_the_next_build_succeeds()
    {
        var derivation = await _lab.InstantiateOursAsync("""run { } "echo begun; ${bb} sleep 3; echo hi >$out; ${bb} test -e $out" """);
        using (var program = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet", [Tool.NixSharpProgram.Assembly, "drv", "build", derivation.ToString(), "-L", "--quiet", "--store", _lab.Ours]) { RedirectStandardError = true })!)
        {
            Assert.Equal("test> begun", await program.StandardError.ReadLineAsync());
            program.Kill();
            await program.WaitForExitAsync();
        }

        await using var store = _lab.OpenOurs();
        Assert.DoesNotContain(await store.ListAsync(), static path => path.Name == "test");
        Assert.Equal(BuildStatus.Built, (await BuildLab.BuildAsync(store, derivation)).Status);
        var verified = await _lab.RunNixAsync("nix-store", "--store", _lab.Ours, "--verify", "--check-contents");
        Assert.DoesNotContain("error", verified.Error, StringComparison.Ordinal);
    }

    [RequiresFact("nix-instantiate")]
    public async Task Without_bubblewrap_the_error_names_its_package()
    {
        var derivation = await _lab.InstantiateOursAsync("""run { } "echo hi >$out" """);
        var result = await CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = new Dictionary<string, string> { ["PATH"] = _lab.Folder.Path } },
            Requirements.Find("dotnet")!,
            Tool.NixSharpProgram.Assembly,
            "drv",
            "build",
            derivation.ToString(),
            "--store",
            _lab.Ours);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error: {NixErrorCodes.SandboxUnavailable}", result.Error, StringComparison.Ordinal);
        Assert.Contains("apt install bubblewrap", result.Error, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> LogOfAsync(string expression, BuildOptions? options = null)
    {
        var derivation = await _lab.InstantiateOursAsync(expression);
        await using var store = _lab.OpenOurs();
        var lines = new List<string>();
        var result = await BuildLab.BuildAsync(store, derivation, (options ?? BuildOptions.Default) with { Log = line => lines.Add(line.Text), MaxJobs = 1 });
        Assert.True(result.IsSuccess, result.ErrorMessage);
        return lines;
    }
}
