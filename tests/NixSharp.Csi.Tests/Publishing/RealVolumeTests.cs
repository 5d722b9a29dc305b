using NixSharp.Csi.Protocol;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Publishing;

public sealed class RealVolumeTests : IAsyncLifetime
{
    private readonly CsiLab _lab = CsiLab.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [RequiresFact(Requirements.Root, "nix", "busybox", "chroot")]
    public async Task A_pod_runs_programs_from_a_closure_that_Nix_has_built()
    {
        var shell = await _lab.BuildAsync("shell", "$busybox/busybox mkdir -p $out/bin; $busybox/busybox cp $busybox/busybox $out/bin/busybox");
        var driver = await _lab.StartAsync();
        await driver.Client.PublishAsync("csi-built", _lab.Target("pod"), [(CsiLab.System, shell.ToString())]);
        await RunsAsync(shell, "csi-built", driver);
    }

    [RequiresFact(Requirements.Root, "busybox", "chroot")]
    public async Task A_pod_runs_programs_from_a_closure_that_NixSharp_has_added()
    {
        var app = await _lab.AddAsync("app", "hello from a volume");
        var shell = StorePath.Parse(File.ReadAllText($"{_lab.RealPath(app)}/shell")[..^"/bin/busybox".Length]);
        var driver = await _lab.StartAsync();
        await driver.Client.PublishAsync("csi-added", _lab.Target("pod"), [(CsiLab.System, app.ToString())]);
        await RunsAsync(shell, "csi-added", driver);
    }

    [RequiresFact(Requirements.Root, "busybox", "du")]
    public async Task A_second_volume_of_a_closure_takes_no_blocks_for_files()
    {
        var app = await _lab.AddAsync("app", "text", files: 300);
        var driver = await _lab.StartAsync();
        await driver.Client.PublishAsync("first", _lab.Target("first"), [(CsiLab.System, app.ToString())]);
        await driver.Client.PublishAsync("second", _lab.Target("second"), [(CsiLab.System, app.ToString())]);
        var stats = await driver.Client.StatsAsync("second", _lab.Target("second"));
        Assert.False(stats.VolumeCondition.Abnormal);
        var both = Directory.EnumerateFiles($"{_lab.Target("second")}/store/{app.BaseName}", "text*").ToList();
        Assert.Equal(300, both.Count);
        var shared = await CommandLine.RunAsync("du", "--summarize", "--block-size=1", $"{_lab.Store}/nix/store");
        var together = await CommandLine.RunAsync("du", "--summarize", "--total", "--block-size=1", $"{_lab.Store}/nix/store", $"{_lab.State}/pool/volumes/first/nix/store", $"{_lab.State}/pool/volumes/second/nix/store");

        // Folders are each volume's own: the store's, the two paths', and one more.
        Assert.InRange(Total(together) - Total(shared), 0, 2 * 5 * 32 * 1024);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Statistics_tell_bytes_inodes_and_condition()
    {
        var app = await _lab.AddAsync("app");
        var driver = await _lab.StartAsync();
        var target = _lab.Target("pod");
        await driver.Client.PublishAsync("csi-stats", target, [(CsiLab.System, app.ToString())], readOnly: false);
        var stats = await driver.Client.StatsAsync("csi-stats", target);
        var bytes = stats.Usage.Single(static usage => usage.Unit == VolumeUsage.Types.Unit.Bytes);
        var inodes = stats.Usage.Single(static usage => usage.Unit == VolumeUsage.Types.Unit.Inodes);
        Assert.True(bytes.Used > new FileInfo(Requirements.Find("busybox")!).Length);
        Assert.True(bytes.Total > bytes.Available && bytes.Available > 0);
        Assert.InRange(inodes.Used, 6, 60);
        Assert.True(inodes.Total >= inodes.Available);
        Assert.False(stats.VolumeCondition.Abnormal);

        await CommandLine.RunAsync("umount", target);
        stats = await driver.Client.StatsAsync("csi-stats", target);
        Assert.True(stats.VolumeCondition.Abnormal);
        Assert.Contains("not mounted there any more", stats.VolumeCondition.Message, StringComparison.Ordinal);

        await driver.Client.PublishAsync("csi-stats", target, [(CsiLab.System, app.ToString())], readOnly: false);
        Assert.False((await driver.Client.StatsAsync("csi-stats", target)).VolumeCondition.Abnormal);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task What_a_pod_writes_is_its_own_and_goes_with_the_volume()
    {
        var app = await _lab.AddAsync("app");
        var driver = await _lab.StartAsync();
        (string, string)[] attributes = [(CsiLab.System, app.ToString()), ("quota", "64Mi")];
        await driver.Client.PublishAsync("one", _lab.Target("one"), attributes, readOnly: false);
        await driver.Client.PublishAsync("two", _lab.Target("two"), attributes, readOnly: false);
        File.WriteAllText($"{_lab.Target("one")}/var/note", "mine");
        Assert.False(File.Exists($"{_lab.Target("two")}/var/note"));
        await driver.Client.UnpublishAsync("one", _lab.Target("one"));
        await driver.Client.PublishAsync("one", _lab.Target("one"), attributes, readOnly: false);
        Assert.False(File.Exists($"{_lab.Target("one")}/var/note"));
        Assert.Empty(Directory.EnumerateFiles(_lab.Store, "note", SearchOption.AllDirectories));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_volume_can_be_a_view_of_mounts()
    {
        var app = await _lab.AddAsync("app");
        var driver = await _lab.StartAsync("--engine", "bind");
        var target = _lab.Target("pod");
        await driver.Client.PublishAsync("csi-view", target, [(CsiLab.System, app.ToString())]);
        Assert.Contains($"{target}/store/{app.BaseName}", _lab.Mounts());
        Assert.True(File.Exists($"{target}/store/{app.BaseName}/text"));
        Assert.False((await driver.Client.StatsAsync("csi-view", target)).VolumeCondition.Abnormal);
        await driver.Client.UnpublishAsync("csi-view", target);
        Assert.Empty(_lab.Mounts());
    }

    private async Task RunsAsync(StorePath shell, string volume, DriverProcess driver)
    {
        var target = _lab.Target("pod");
        var root = Directory.CreateDirectory(_lab["root/nix"]).Parent!.FullName;
        await CommandLine.RunAsync("mount", "--bind", target, _lab["root/nix"]);
        Assert.Equal("it runs\n", await CommandLine.RunAsync("chroot", root, $"{shell}/bin/busybox", "echo", "it runs"));
        Assert.Equal(shell.ToString(), (await CommandLine.RunAsync("chroot", root, $"{shell}/bin/busybox", "readlink", "-f", $"{shell}")).Trim());
        Assert.Equal(await InodeAsync($"{_lab.RealPath(shell)}/bin/busybox"), await InodeAsync($"{target}/store/{shell.BaseName}/bin/busybox"));
        await CommandLine.RunAsync("umount", _lab["root/nix"]);
        await driver.Client.UnpublishAsync(volume, target);
        Assert.Empty(_lab.Mounts());
        Assert.True(File.Exists($"{_lab.RealPath(shell)}/bin/busybox"));
    }

    private static Task<string> InodeAsync(string path) => CommandLine.RunAsync("stat", "--format", "%d %i", path);

    private static long Total(string du) => long.Parse(du.TrimEnd().Split('\n')[^1].Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
}
