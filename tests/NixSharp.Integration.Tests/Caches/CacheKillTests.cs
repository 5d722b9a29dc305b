using System.Diagnostics;
using NixSharp.Integration.Tests.Tool;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Caches;

/// <summary>What is left of a cache when the process that writes it is killed.</summary>
public sealed class CacheKillTests : IDisposable
{
    private const int Kills = 8;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_that_is_killed_at_any_moment_leaves_no_path_that_is_not_whole()
    {
        var top = await MakeClosureAsync();
        var uri = $"file://{_folder["cache"]}?compression=zstd&write-nar-listing=true";
        var watch = Stopwatch.StartNew();
        await NixSharpProgram.RunAsync("copy", "--store", _folder["store"], "--to", $"file://{_folder["whole"]}?compression=zstd&write-nar-listing=true", top.ToString());
        var whole = watch.Elapsed;

        var random = new Random(20_000);
        for (var kill = 0; kill < Kills; kill++)
        {
            await StartAndKillAsync(whole * random.NextDouble(), "copy", "--store", _folder["store"], "--to", uri, top.ToString());
            await AssertWholeAsync(uri);
        }

        await NixSharpProgram.RunAsync("copy", "--store", _folder["store"], "--to", uri, top.ToString());
        Assert.Equal(await AssertWholeAsync($"file://{_folder["whole"]}"), await AssertWholeAsync(uri));
    }

    /// <summary>Reads everything that the cache says it has, and what that refers to; returns the paths.</summary>
    private static async Task<IReadOnlyList<StorePath>> AssertWholeAsync(string uri)
    {
        await using var cache = (FolderCacheStore)await NixStore.OpenAsync(uri);
        var paths = await cache.ListAsync();
        foreach (var info in (await cache.QueryPathInfosAsync(paths)).Values)
        {
            await cache.ReadNarAsync(info.Path, Stream.Null);
            Assert.All(info.References, reference => Assert.Contains(reference, paths));
        }

        return paths;
    }

    private static async Task StartAndKillAsync(TimeSpan after, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[NixSharpProgram.Assembly, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Task.Delay(after);
        process.Kill();
        await process.WaitForExitAsync();
        await output;
    }

    private async Task<StorePath> MakeClosureAsync()
    {
        await using var store = LocalStore.Open(_folder["store"], new StoreOptions { SyncBeforeRegistering = false });
        var paths = new List<StorePath>();
        for (var number = 0; number < 300; number++)
        {
            paths.Add(await store.AddTextAsync($"text-{number}", new string((char)('a' + (number % 26)), number * 100), [.. paths.TakeLast(2)]));
        }

        return await store.AddTextAsync("top", "top", paths);
    }
}
