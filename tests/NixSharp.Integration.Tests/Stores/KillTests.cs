using System.Diagnostics;
using NixSharp.Files;
using NixSharp.Integration.Tests.Tool;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores;

/// <summary>What is left of a local store when the process that changes it is killed.</summary>
public sealed class KillTests : IDisposable
{
    // In memory, because what is tested is not the disk, which a hundred stores would keep busy.
    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix-store", "cp")]
    public async Task Adding_that_is_killed_at_any_moment_leaves_a_sound_store()
    {
        await MakeStoreAsync();
        MakeTree("in", 150);
        await KillAsync(34, seed: 1, _ => ["store", "add", _folder["in"], "--name", "added"], async store =>
        {
            var path = await store.AddAsync(_folder["in"], "added");
            Assert.NotNull(await store.QueryPathInfoAsync(path));
        });
    }

    [RequiresFact("nix-store", "cp")]
    public async Task Optimising_that_is_killed_at_any_moment_leaves_a_sound_store()
    {
        await MakeStoreAsync();
        await KillAsync(33, seed: 2, static _ => ["store", "optimise"], static async store =>
        {
            await store.OptimiseAsync();
            Assert.Equal(new OptimiseResult(0, 0), await store.OptimiseAsync());
            Assert.All(
                Directory.EnumerateDirectories(store.Layout.RealStore, "*", SearchOption.AllDirectories).Where(folder => !folder.Contains(".links", StringComparison.Ordinal)),
                static folder => Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(folder)));
        });
    }

    [RequiresFact("nix-store", "cp")]
    public async Task Collecting_that_is_killed_at_any_moment_leaves_a_sound_store()
    {
        var rooted = await MakeStoreAsync();
        await KillAsync(33, seed: 3, static _ => ["store", "gc"], async store =>
        {
            await store.CollectGarbageAsync();
            Assert.Equal(rooted, await store.ListAsync());
            Assert.Equal([".links", .. rooted.Select(static path => path.BaseName)], Directory.EnumerateFileSystemEntries(store.Layout.RealStore).Select(static entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal));
            Assert.Empty(Directory.EnumerateFiles(store.Layout.TemporaryRoots));
        });
    }

    /// <summary>Runs a command on a copy of the store again and again, kills it, and looks at what is left.</summary>
    private async Task KillAsync(int kills, int seed, Func<int, string[]> command, Func<LocalStore, Task> finishAsync)
    {
        await CopyStoreAsync();
        var watch = Stopwatch.StartNew();
        await NixSharpProgram.RunAsync([.. command(-1), "--store", _folder["copy"]]);
        var whole = watch.Elapsed;

        var random = new Random(seed);
        var killed = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            await CopyStoreAsync();

            // The first part is the start of the runtime, when nothing can go wrong.
            killed += await StartAndKillAsync(whole * (0.3 + (0.8 * random.NextDouble())), [.. command(kill), "--store", _folder["copy"]]) ? 1 : 0;
            if (kill % 8 == 0)
            {
                await AssertNixVerifiesAsync(kill % 16 == 0 ? NixRelease.Machine : NixRelease.Debian13);
            }

            await AssertSoundAsync();
            await using (var store = LocalStore.Open(_folder["copy"], new StoreOptions { SyncBeforeRegistering = false }))
            {
                await finishAsync(store);
            }

            await AssertSoundAsync();
        }

        Assert.InRange(killed, 1, kills);
        await AssertNixVerifiesAsync(NixRelease.Machine);
        await AssertNixVerifiesAsync(NixRelease.Debian13);
    }

    private async Task AssertSoundAsync()
    {
        await using var store = LocalStore.Open(_folder["copy"]);
        var result = await store.VerifyAsync(new VerifyOptions { CheckContents = true });
        Assert.True(result.IsSound, string.Join('\n', result.Problems));
    }

    private async Task AssertNixVerifiesAsync(NixRelease nix)
    {
        if (nix.WhyMissing() is null)
        {
            var result = await RealNix.VerifyAsync(_folder["copy"], nix);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.DoesNotContain("error", result.Error, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("disappeared", result.Error, StringComparison.Ordinal);
        }
    }

    /// <returns>Whether it was still running.</returns>
    private static async Task<bool> StartAndKillAsync(TimeSpan after, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[NixSharpProgram.Assembly, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Task.Delay(after);
        var isRunning = !process.HasExited;
        process.Kill();
        await process.WaitForExitAsync();
        await output;
        return isRunning;
    }

    private async Task CopyStoreAsync()
    {
        FileTree.Delete(_folder["copy"]);
        await CommandLine.RunAsync("cp", "-a", _folder["store"], _folder["copy"]);
    }

    /// <summary>Makes a store with equal files in many paths, most of which are garbage.</summary>
    /// <returns>The paths that a root needs.</returns>
    private async Task<IReadOnlyList<StorePath>> MakeStoreAsync()
    {
        await using var store = LocalStore.Open(_folder["store"], new StoreOptions { SyncBeforeRegistering = false });
        StorePath? last = null;
        for (var number = 0; number < 24; number++)
        {
            MakeTree($"trees/{number}", 12);
            await store.AddAsync(_folder[$"trees/{number}"], $"tree-{number}");
            last = await store.AddTextAsync($"text-{number}", $"{last}", last is { } path ? [path] : []);
        }

        var needed = await store.AddTextAsync("needed", "needed");
        var rooted = await store.AddTextAsync("rooted", $"{needed}", [needed]);
        await store.AddRootAsync(Path.Combine(store.Layout.GcRoots, "rooted"), rooted);
        return [.. new[] { needed, rooted }.Order()];
    }

    private void MakeTree(string name, int files)
    {
        for (var number = 0; number < files; number++)
        {
            _folder.Write($"{name}/{number % 3}/{number}", new string((char)('a' + (number % 10)), 500 * (number % 10)));
        }
    }
}
