using NixSharp.Flakes;
using NixSharp.Nar;
using NixSharp.Processes;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class NixVerbsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_flake_is_locked_updated_and_archived(NixRelease nix)
    {
        var client = Client(nix);
        Write();
        Assert.Equal(["data", "lib"], (await client.GetFlakeLockAsync(Flake)).ListInputs().Keys);
        Assert.False(File.Exists(_folder["app/flake.lock"]));
        await client.LockFlakeAsync(Flake);
        var first = await client.GetFlakeLockAsync(Flake);

        _folder.Write("data/file", "newer\n");
        _folder.Write("lib/flake.nix", "{ outputs = _: { newer = true; }; }");
        await client.UpdateFlakeAsync(Flake, ["data"]);
        var second = await client.GetFlakeLockAsync(Flake);
        Assert.NotEqual(first.Nodes["data"].Locked, second.Nodes["data"].Locked);
        Assert.Equal(first.Nodes["lib"].Locked, second.Nodes["lib"].Locked);
        await client.UpdateFlakeAsync(Flake);
        Assert.NotEqual(first.Nodes["lib"].Locked, (await client.GetFlakeLockAsync(Flake)).Nodes["lib"].Locked);

        var archive = await client.ArchiveFlakeAsync(Flake, $"file://{_folder["cache"]}");
        Assert.Equal(["data", "lib"], archive.Inputs.Keys.Order());
        Assert.Equal(3, archive.Paths.Count());
        Assert.All(archive.Paths, path => Assert.True(File.Exists(Path.Combine(_folder["cache"], $"{path.HashPart}.narinfo"))));
    }

    [RequiresTheory("busybox", "bash-static")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Outputs_are_run_shown_logged_copied_and_verified(NixRelease nix)
    {
        var client = Client(nix);
        Write();
        File.Copy(Requirements.Find("busybox")!, _folder["app/busybox"]);
        await client.BuildAsync($"{Flake}#hello");

        Assert.Equal("hello --version -- x\n", await client.RunAppAsync($"{Flake}#hello", ["--version", "--", "x"]));
        Assert.Equal("building\n", await client.GetBuildLogAsync($"{Flake}#hello"));
        var derivation = Assert.Single(await client.ShowDerivationsAsync([$"{Flake}#hello"]));
        Assert.Equal("hello.drv", derivation.Key.Name);
        Assert.Equal("x86_64-linux", derivation.Value.System);
        await client.CopyAsync([$"{Flake}#hello"], to: $"file://{_folder["cache"]}");
        Assert.NotEmpty(Directory.GetFiles(_folder["cache"], "*.narinfo"));
        await client.VerifyStoreAsync([$"{Flake}#hello"]);
        await client.OptimiseStoreAsync();
        Assert.Equal("hello q\n", await (new NixClient(Options(nix) with { WorkingFolder = _folder["app"] })).FormatAsync(["q"]));
        await client.CollectGarbageAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => client.CopyAsync([Flake]));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Hashes_and_the_version_are_those_of_nix(NixRelease nix)
    {
        var client = Client(nix);
        _folder.Write("tree/file", "contents\n");
        Assert.Equal((await NarArchive.DigestAsync(_folder["tree"])).Hash, await client.HashPathAsync(_folder["tree"]));
        Assert.Equal(Hashing.NixHash.Compute(Hashing.NixHashAlgorithm.Sha256, "contents\n"u8), await client.HashFileAsync(_folder["tree/file"]));
        Assert.Equal(nix == NixRelease.Machine ? 8 : 26, (await client.GetVersionAsync()).Minor);
        Assert.Equal(NixErrorCodes.ProcessFailed, (await Assert.ThrowsAsync<NixProcessException>(() => client.HashPathAsync(_folder["missing"]))).Code);
    }

    [RequiresTheory("bash-static")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_program_runs_in_the_environment_of_a_shell(NixRelease nix)
    {
        Write();
        File.Copy(Requirements.Find("bash-static")!, _folder["app/bash"]);

        var environment = await Client(nix).GetDevEnvironmentAsync($"{Flake}#shell");
        Assert.Equal("hello \"you\"\n", environment.Exported["GREETING"]);

        var result = await environment.ApplyTo(new ProcessCommand("sh", "-c", "printf '%s|' \"$GREETING\" \"$HOME\"")).RunAsync();
        Assert.Equal($"hello \"you\"\n|{Environment.GetEnvironmentVariable("HOME")}|", result.Output);
    }

    private string Flake => $"path:{_folder["app"]}";

    private NixClient Client(NixRelease nix) => new(Options(nix));

    private NixOptions Options(NixRelease nix) => new()
    {
        Program = nix.PathOf("nix"),
        Store = _folder["store"],
        Config = new Dictionary<string, string> { ["sandbox"] = "false", ["build-users-group"] = "", ["substituters"] = "", ["flake-registry"] = "" },
    };

    private void Write()
    {
        _folder.Write("lib/flake.nix", "{ outputs = _: { }; }");
        _folder.Write("data/file", "old\n");
        _folder.Write("app/flake.nix",
            $$"""
            {
              inputs.lib.url = "path:{{_folder["lib"]}}";
              inputs.data = { url = "path:{{_folder["data"]}}"; flake = false; };
              outputs = { self, lib, data }: {
                packages.x86_64-linux.hello = derivation {
                  name = "hello"; system = "x86_64-linux"; builder = "${self}/busybox";
                  args = [ "sh" "-euc" "echo building; ${self}/busybox mkdir -p $out/bin; printf '#!${self}/busybox sh\necho hello \"$@\"\n' >$out/bin/hello; ${self}/busybox chmod +x $out/bin/hello" ];
                };
                packages.x86_64-linux.shell = derivation {
                  name = "shell"; system = "x86_64-linux"; builder = "${self}/bash"; outputs = [ "out" ]; args = [ ]; GREETING = "hello \"you\"\n";
                };
                formatter.x86_64-linux = self.packages.x86_64-linux.hello;
              };
            }
            """);
    }
}
