using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Publishing;

public sealed class ConcurrencyTests
{
    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Fifty_volumes_of_ten_closures_at_once_are_each_right()
    {
        await using var lab = CsiLab.Create();
        var apps = new List<StorePath>();
        for (var app = 0; app < 10; app++)
        {
            apps.Add(await lab.AddAsync($"app-{app}", $"text of {app}", files: 10));
        }

        var driver = await lab.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(pod =>
            driver.Client.PublishAsync($"pod-{pod}", lab.Target($"pod-{pod}"), [(CsiLab.System, apps[pod % 10].ToString())], readOnly: pod % 4 != 0)));
        for (var pod = 0; pod < 50; pod++)
        {
            var files = $"{lab.Target($"pod-{pod}")}/store/{apps[pod % 10].BaseName}";
            Assert.Equal($"text of {pod % 10} ", File.ReadAllText($"{files}/text"));
            Assert.Equal(11, Directory.GetFiles(files).Length);
            Assert.Equal(2, Directory.GetDirectories(Path.GetDirectoryName(files)!).Length);
        }

        Assert.Equal(50, lab.Mounts().Distinct().Count(static point => point.EndsWith("/mount", StringComparison.Ordinal)));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(pod => driver.Client.UnpublishAsync($"pod-{pod}", lab.Target($"pod-{pod}"))));
        Assert.Empty(lab.Mounts());
        Assert.Empty(Directory.EnumerateDirectories($"{lab.State}/pool/volumes"));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task The_same_volume_published_and_unpublished_at_once_is_mounted_once_or_not()
    {
        await using var lab = CsiLab.Create();
        var app = await lab.AddAsync("app");
        var target = lab.Target("pod");
        await using var driver = await lab.StartHereAsync();
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 12).Select(call => call % 3 == 2
                ? driver.Client.UnpublishAsync("volume", target)
                : driver.Client.PublishUntilDoneAsync("volume", target, (CsiLab.System, app.ToString()))));
            Assert.InRange(lab.Mounts().Count(point => point == target), 0, 1);
        }

        await driver.Client.UnpublishAsync("volume", target);
        Assert.Empty(lab.Mounts());
    }
}
