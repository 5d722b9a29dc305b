using System.Diagnostics;
using System.Globalization;
using NixSharp.StorePaths;
using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Integration.Tests.Volumes;

/// <summary>What is left when a process that works on a pool is killed, and the pool opened again.</summary>
public sealed class PoolCrashTests : IAsyncLifetime
{
    private const int Kills = 25;

    private PoolFixture _fixture = null!;
    private IReadOnlyList<StorePath> _roots = [];

    public async Task InitializeAsync()
    {
        _fixture = await PoolFixture.CreateAsync();
        for (var file = 0; file < 400; file++)
        {
            _fixture.Folder.Write($"src/many/{file % 20}/{file}", $"file {file}");
        }

        _roots = [_fixture.App, await _fixture.Store.AddAsync(_fixture["src/many"])];
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [RequiresFact(Requirements.Root, "mount", "nix-store")]
    public async Task Killed_at_any_moment_no_volume_is_half_there_nothing_is_left_over_and_every_root_is_held()
    {
        var random = new Random(1);
        var seen = 0;
        for (var round = 0; round < Kills; round++)
        {
            await KillAsync(round, TimeSpan.FromMilliseconds(random.Next(5, 400)));
            seen += await CheckAsync(await _fixture.ReopenAsync());
        }

        // Otherwise the checks had nothing to look at.
        Assert.InRange(seen, Kills / 2, int.MaxValue);
        foreach (var volume in await _fixture.Pool.ListAsync())
        {
            var result = await RealNix.VerifyAsync(volume.Kind == VolumeKind.HardLinks ? volume.Path : _fixture["host"]);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.DoesNotContain("disappeared", result.Error, StringComparison.Ordinal);
        }

        foreach (var mount in await _fixture.Pool.ListMountsAsync())
        {
            Assert.True(await _fixture.Pool.UnmountAsync(mount.Target));
        }

        foreach (var volume in await _fixture.Pool.ListAsync())
        {
            Assert.True(await _fixture.Pool.DeleteAsync(volume.Name));
        }

        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(_fixture.Folder.Path, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture["pool/mounts"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture["pool/volumes"]));
    }

    private async Task KillAsync(int seed, TimeSpan after)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[typeof(PoolWorker).Assembly.Location, _fixture["host"], _fixture["pool"], _fixture["mounts"], seed.ToString(CultureInfo.InvariantCulture), .. _roots.Select(static root => root.ToString())])
        {
            start.ArgumentList.Add(argument);
        }

        using var worker = Process.Start(start)!;
        var line = await worker.StandardOutput.ReadLineAsync();
        Assert.True(line == "ready", line is null ? await worker.StandardError.ReadToEndAsync() : line);
        await Task.Delay(after);
        Assert.False(worker.HasExited, "The worker ended by itself.");
        worker.Kill();
        await worker.WaitForExitAsync();
    }

    /// <returns>How many volumes and mounts there were to check.</returns>
    private async Task<int> CheckAsync(VolumePool pool)
    {
        var volumes = await pool.ListAsync();
        Assert.Equal(volumes.Select(static volume => volume.Name.ToString()), Directory.EnumerateFileSystemEntries(_fixture["pool/volumes"]).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        var roots = (await _fixture.Store.FindRootsAsync()).Where(root => root.Source.StartsWith(_fixture["pool/leases"], StringComparison.Ordinal)).Select(static root => root.Path).ToHashSet();
        foreach (var volume in volumes)
        {
            Assert.Null(volume.Problem);
            (await pool.VerifyAsync(volume.Name, new VolumeVerifyOptions { CheckContents = true })).RefuseIfDamaged();
            Assert.Superset(volume.Roots.ToHashSet(), roots);
        }

        Assert.Equal(
            volumes.Select(static volume => volume.Name.ToString()),
            (await pool.ListLeasesAsync()).Where(static lease => lease.Released is null).Select(static lease => lease.Volume.ToString()).Distinct().Order(StringComparer.Ordinal));

        var mounts = await pool.ListMountsAsync();
        Assert.All(mounts, static mount => Assert.Equal(VolumeMountState.Mounted, mount.State));
        Assert.All(mounts, static mount => Assert.Equal(1, PoolFixture.CountMounts(mount.Target)));
        var targets = mounts.Select(static mount => mount.Target).ToList();
        foreach (var point in File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' ')[4]).Where(point => point.StartsWith(_fixture["mounts"], StringComparison.Ordinal)))
        {
            Assert.Contains(targets, target => point == target || point.StartsWith(target + "/", StringComparison.Ordinal));
        }

        Assert.Equal(mounts.Count(static mount => !mount.Options.ReadOnly), Directory.EnumerateDirectories(_fixture["pool/mounts"], "layer", SearchOption.AllDirectories).Count());
        Assert.Equal(mounts.Count, Directory.EnumerateFileSystemEntries(_fixture["pool/mounts"]).Count());
        return volumes.Count + mounts.Count;
    }
}
