using Grpc.Core;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Publishing;

public sealed class FailureTests : IAsyncLifetime
{
    private readonly CsiLab _lab = CsiLab.Create();
    private DriverHere? _driver;

    private CsiClient Client => _driver!.Client;

    private string Target => _lab.Target("pod");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_driver is not null)
        {
            await _driver.DisposeAsync();
        }

        await _lab.DisposeAsync();
    }

    [RequiresFact(Requirements.Root, "busybox", "mount")]
    public async Task Where_there_is_no_space_nothing_is_left_and_the_next_call_works_once_there_is()
    {
        Directory.CreateDirectory(_lab.State);
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "-o", "size=600k", "small", _lab.State);
        var app = await StartAsync();
        await Calls.FailsAsync(PublishAsync(app), StatusCode.ResourceExhausted, NixErrorCodes.VolumeOutOfSpace);
        AssertNothingLeft();
        await CommandLine.RunAsync("mount", "-o", "remount,size=100m", _lab.State);
        await PublishAsync(app);
    }

    [RequiresFact(Requirements.Root, "busybox", "mount")]
    public async Task A_target_that_cannot_be_written_is_told_and_nothing_is_left()
    {
        var app = await StartAsync();
        Directory.CreateDirectory(_lab["pods"]);
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "-o", "ro", "frozen", _lab["pods"]);
        var error = await Assert.ThrowsAsync<RpcException>(() => PublishAsync(app));
        Assert.Contains("Read-only", error.Status.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("NIXS3", error.Status.Detail, StringComparison.Ordinal);
        AssertNothingLeft(except: _lab["pods"]);
    }

    [RequiresFact(Requirements.Root, "busybox", "mount")]
    public async Task A_mount_that_is_of_no_use_any_more_is_made_anew()
    {
        var app = await StartAsync();
        await PublishAsync(app);
        await CommandLine.RunAsync("chmod", "-R", "u+w", $"{_lab.State}/pool/volumes");
        await CommandLine.RunAsync("rm", "-rf", $"{_lab.State}/pool/volumes/volume");
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Client.StatsAsync("volume", Target))).StatusCode);
        await PublishAsync(app);
        Assert.True(File.Exists($"{Target}/store/{app.BaseName}/text"));
        Assert.Equal(Target, Assert.Single(_lab.Mounts()));
        Assert.False((await Client.StatsAsync("volume", Target)).VolumeCondition.Abnormal);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_volume_whose_description_is_damaged_is_made_anew()
    {
        var app = await StartAsync();
        await PublishAsync(app);
        await CommandLine.RunAsync("umount", Target);
        var marker = $"{_lab.State}/pool/volumes/volume/nix/var/nixsharp/volume.json";
        File.SetUnixFileMode(marker, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(marker, "{ half");
        await PublishAsync(app);
        Assert.True(File.Exists($"{Target}/store/{app.BaseName}/text"));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_volume_that_is_not_what_it_should_be_is_found_where_its_pod_wants_it_checked()
    {
        var app = await StartAsync();
        var file = $"{_lab.RealPath(app)}/text";
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(file, File.ReadAllText(file).Replace('t', 'T'));
        await Client.PublishAsync("unchecked", _lab.Target("unchecked"), [(CsiLab.System, app.ToString())]);
        await Client.PublishAsync("quick", _lab.Target("quick"), [(CsiLab.System, app.ToString()), ("verify", "quick")]);
        await Calls.FailsAsync(
            Client.PublishAsync("full", _lab.Target("full"), [(CsiLab.System, app.ToString()), ("verify", "full")]),
            StatusCode.DataLoss,
            NixErrorCodes.VolumeDamaged);
        Assert.False(Directory.Exists(_lab.Target("full")));
        Assert.False(Directory.Exists($"{_lab.State}/pool/volumes/full"));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Another_volume_s_mount_is_left_alone()
    {
        var app = await StartAsync();
        await PublishAsync(app);
        await Calls.FailsAsync(Client.UnpublishAsync("other", Target), StatusCode.NotFound, NixErrorCodes.CsiUnknownVolume);
        await Calls.FailsAsync(Client.PublishAsync("other", Target, [(CsiLab.System, app.ToString())]), StatusCode.FailedPrecondition, NixErrorCodes.MountTargetOccupied);
        Assert.Equal(Target, Assert.Single(_lab.Mounts()));
        Assert.Equal("volume", Path.GetFileName(Assert.Single(Directory.EnumerateDirectories($"{_lab.State}/pool/volumes"))));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task What_is_in_the_target_s_folder_is_left_alone()
    {
        await StartAsync();
        _lab.Folder.Write("pods/pod/volumes/nix/mount/precious", "data");
        await Client.UnpublishAsync("volume", Target);
        Assert.True(File.Exists($"{Target}/precious"));
    }

    private async Task<StorePath> StartAsync()
    {
        var app = await _lab.AddAsync("app");
        _driver = await _lab.StartHereAsync();
        return app;
    }

    private Task PublishAsync(StorePath app) => Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);

    private void AssertNothingLeft(string? except = null)
    {
        Assert.DoesNotContain(_lab.Mounts(), point => point != _lab.State && point != except);
        Assert.False(Directory.Exists(Target));
        Assert.Empty(Directory.EnumerateDirectories($"{_lab.State}/pool/volumes"));
        Assert.False(Directory.Exists($"{_lab.State}/pool/layers") && Directory.EnumerateFileSystemEntries($"{_lab.State}/pool/layers").Any());
    }
}
