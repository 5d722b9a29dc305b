using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Integration.Tests.Volumes;

public sealed class QuotaTests : IAsyncLifetime
{
    private const long Quota = 8 << 20;

    private PoolFixture _fixture = null!;

    private VolumePool Pool => _fixture.Pool;

    private string Target => _fixture["pod/nix"];

    public async Task InitializeAsync()
    {
        _fixture = await PoolFixture.CreateAsync();
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [RequiresTheory(Requirements.Root, "mount", "mkfs.ext4", "dd")]
    [InlineData(VolumeQuotaKind.Any)]
    [InlineData(VolumeQuotaKind.Image)]
    [InlineData(VolumeQuotaKind.Memory)]
    public async Task No_more_can_be_written_than_the_quota_and_nothing_is_left_of_it(VolumeQuotaKind kind)
    {
        var options = PoolFixture.Writable with { Quota = Quota, QuotaKind = kind };
        await Pool.MountAsync(PoolFixture.One, Target, options);
        Assert.True((await Pool.MountAsync(PoolFixture.One, Target, options)).IsReused);
        File.WriteAllText($"{Target}/var/note", "fits");
        var written = await CommandLine.TryRunAsync("dd", "if=/dev/zero", $"of={Target}/store/large", "bs=64k", "count=160");
        Assert.Contains("No space left", written.Error, StringComparison.Ordinal);
        Assert.InRange(new FileInfo($"{Target}/store/large").Length, Quota / 2, Quota);
        Assert.Equal("fits", File.ReadAllText($"{Target}/var/note"));

        await Pool.UnmountAsync(Target);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture["pool/mounts"]));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(_fixture.Folder.Path, StringComparison.Ordinal));
        Assert.DoesNotContain(_fixture.Folder.Path, await CommandLine.RunAsync("losetup", "--list", "--output", "BACK-FILE"), StringComparison.Ordinal);
    }

    [RequiresTheory(Requirements.Root, "mount", "mkfs.ext4")]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4096)]
    public async Task A_quota_that_nothing_can_see_to_is_refused_and_nothing_is_left(long quota)
    {
        var options = PoolFixture.Writable with { Quota = quota, QuotaKind = VolumeQuotaKind.Image };
        var error = await Assert.ThrowsAsync<VolumeException>(() => Pool.MountAsync(PoolFixture.One, Target, options));
        Assert.Equal(NixErrorCodes.VolumeQuotaImpossible, error.Code);
        Assert.False(Directory.Exists(Target));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture["pool/mounts"]));
    }

    [RequiresFact(Requirements.Root, "mount", "mkfs.ext4")]
    public async Task An_image_left_by_a_restart_of_the_machine_is_mounted_again()
    {
        await Pool.MountAsync(PoolFixture.One, Target, PoolFixture.Writable with { Quota = Quota });
        File.WriteAllText($"{Target}/var/note", "written");
        await CommandLine.RunAsync("umount", Target);
        await CommandLine.RunAsync("umount", Assert.Single(Directory.EnumerateDirectories(_fixture["pool/mounts"])) + "/layer/fs");
        _fixture.PretendRestart();
        await _fixture.ReopenAsync();
        await Pool.RestoreMountsAsync();
        Assert.Equal("written", File.ReadAllText($"{Target}/var/note"));
    }
}
