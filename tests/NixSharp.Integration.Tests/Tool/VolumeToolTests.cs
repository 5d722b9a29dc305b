using Newtonsoft.Json.Linq;
using NixSharp.Integration.Tests.Volumes;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class VolumeToolTests : IAsyncLifetime
{
    private PoolFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await PoolFixture.CreateAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_volume_in_a_folder_is_created_measured_verified_and_deleted()
    {
        var folder = _fixture["alone"];
        var made = JObject.Parse(await RunAsync("create", _fixture.App.ToString(), folder, "--json"));
        Assert.Equal(folder, (string?)made["path"]);
        Assert.Equal(4, (int?)made["storePaths"]);
        Assert.Contains("shared", await RunAsync("stats", folder), StringComparison.Ordinal);
        Assert.Equal(4, (int?)JObject.Parse(await RunAsync("verify", folder, "--check-contents", "--json"))["pathsChecked"]);
        NixSharp.Files.FileTree.Delete($"{folder}/nix/store/{_fixture.App.BaseName}");
        var damaged = await NixSharpProgram.TryRunAsync("volume", "verify", folder, "--store", _fixture["host"]);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("NIXS3006", damaged.Error, StringComparison.Ordinal);
        await RunAsync("delete", folder);
        Assert.False(Directory.Exists(folder));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_volume_in_a_pool_is_created_listed_mounted_unmounted_and_deleted()
    {
        var (pool, target) = (_fixture["pool"], _fixture["pod/nix"]);
        await RunAsync("create", _fixture.App.ToString(), "web", "--pool", pool, "--kind", "bind", "--label", "owner=team a");
        await RunAsync("mount", "web", target, "--pool", pool, "--writable", "--quota", "8Mi");
        var again = JObject.Parse(await RunAsync("mount", "web", target, "--pool", pool, "--writable", "--quota", "8Mi", "--json"));
        Assert.True((bool?)again["reused"]);
        Assert.Equal(8 << 20, (long?)again["quota"]);
        Assert.True(File.Exists($"{target}/store/{_fixture.App.BaseName}/bin/busybox"));

        var listed = Assert.Single(JArray.Parse(await RunAsync("list", "--pool", pool, "--json")));
        Assert.Equal("bind", (string?)listed["kind"]);
        Assert.Equal("team a", (string?)listed["labels"]!["owner"]);
        Assert.Equal("mounted", (string?)Assert.Single(listed["mounts"]!)["state"]);
        Assert.Contains($"at {target}", await RunAsync("list", "--pool", pool), StringComparison.Ordinal);
        Assert.Contains("NIXS3005", (await NixSharpProgram.TryRunAsync("volume", "delete", "web", "--pool", pool, "--store", _fixture["host"])).Error, StringComparison.Ordinal);

        Assert.Equal(target, (await RunAsync("unmount", target, "--pool", pool)).Trim());
        Assert.Empty(await RunAsync("unmount", target, "--pool", pool));
        await RunAsync("delete", "web", "--pool", pool);
        await RunAsync("delete", "web", "--pool", pool);
        Assert.Empty(await RunAsync("list", "--pool", pool));
        Assert.Equal("1 released\n", await RunAsync("release", "--pool", pool, "--grace", "0"));
    }

    [Theory]
    [InlineData("volume create /nix/store/00000000000000000000000000000000-x folder --kind bind")]
    [InlineData("volume create /nix/store/00000000000000000000000000000000-x web --pool p --label owner")]
    [InlineData("volume mount web /mnt --pool p --quota 8Mi")]
    [InlineData("volume mount web /mnt")]
    [InlineData("volume list")]
    public async Task A_command_line_that_makes_no_sense_is_bad_usage(string line) =>
        Assert.Equal(2, (await NixSharpProgram.TryRunAsync(line.Split(' '))).ExitCode);

    private Task<string> RunAsync(params string[] arguments) =>
        NixSharpProgram.RunAsync(["volume", .. arguments, "--store", _fixture["host"], "--quiet"]);
}
