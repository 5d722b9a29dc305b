using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores;

public sealed class GarbageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_is_dead_and_what_keeps_the_rest_is_what_Nix_says(NixRelease nix)
    {
        await MakeAsync(nix);
        await using var store = LocalStore.Open(_folder["store"]);
        foreach (var (outputs, derivations) in (IEnumerable<(bool, bool)>)[(false, true), (true, true), (false, false), (true, false)])
        {
            string[] options = ["--option", "keep-outputs", outputs ? "true" : "false", "--option", "keep-derivations", derivations ? "true" : "false"];
            var expected = await ListAsync(nix, ["--gc", "--print-dead", .. options]);
            var found = await store.CollectGarbageAsync(new GarbageOptions { DryRun = true, KeepOutputs = outputs, KeepDerivations = derivations });
            Assert.Equal(expected, found.Paths.Select(static path => path.ToString()));
            Assert.Equal(await ListAsync(nix, ["--gc", "--print-live", .. options]), (await store.ListAsync()).Except(found.Paths).Select(static path => path.ToString()));
        }

        var roots = await ListAsync(nix, ["--gc", "--print-roots"]);
        Assert.Equal(
            roots.Where(static line => !line.Contains("/proc/", StringComparison.Ordinal) && !line.StartsWith('{')),
            (await store.FindRootsAsync()).Where(static root => root.Source.StartsWith('/')).Select(static root => $"{root.Source} -> {root.Path}").Order(StringComparer.Ordinal));
        foreach (var root in (await store.FindRootsAsync()).Where(static root => root.Source.StartsWith('/')))
        {
            Assert.Contains(await ListAsync(nix, "--query", "--roots", root.Path.ToString()), line => line.StartsWith(root.Source, StringComparison.Ordinal));
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_store_that_was_collected_and_optimised_is_sound_and_each_finishes_what_the_other_left(NixRelease nix)
    {
        await MakeAsync(nix);
        await using (var store = LocalStore.Open(_folder["store"]))
        {
            Assert.InRange((await store.OptimiseAsync()).FilesLinked, 1, int.MaxValue);
            var dead = (await store.CollectGarbageAsync(new GarbageOptions { DryRun = true })).Paths;
            Assert.Equal(dead, (await store.CollectGarbageAsync()).Paths);
        }

        await AssertVerifiesAsync(nix);
        Assert.Empty(await ListAsync(nix, "--gc", "--print-dead"));
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--optimise");

        Directory.CreateDirectory(_folder["store/nix/store/.gc-left/folder"]);
        File.WriteAllText(_folder["store/nix/store/.tmp-link-1-2"], "");
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--gc");
        Assert.False(Directory.Exists(_folder["store/nix/store/.gc-left"]));
        Assert.False(File.Exists(_folder["store/nix/store/.tmp-link-1-2"]));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_Nix_has_linked_is_not_linked_again(NixRelease nix)
    {
        await MakeAsync(nix);
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--optimise");
        var links = Directory.EnumerateFileSystemEntries(_folder["store/nix/store/.links"]).Order().ToList();
        await using var store = LocalStore.Open(_folder["store"]);
        Assert.Equal(new OptimiseResult(0, 0), await store.OptimiseAsync());
        Assert.Equal(links, Directory.EnumerateFileSystemEntries(_folder["store/nix/store/.links"]).Order());
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_adds_while_a_collection_runs(NixRelease nix)
    {
        await MakeAsync(nix);
        await using var store = LocalStore.Open(_folder["store"]);
        var source = _folder.Write("late", "late\n");
        string? added = null;
        await store.CollectGarbageAsync(new GarbageOptions
        {
            Progress = new Callback(() => added ??= RealNix.RunAsync(nix, _folder["store"], "nix-store", "--add", source).GetAwaiter().GetResult().Trim()),
        });
        Assert.NotNull(await store.QueryPathInfoAsync(StorePath.Parse(added!)));
        await AssertVerifiesAsync(nix);
    }

    private async Task MakeAsync(NixRelease nix)
    {
        Directory.CreateDirectory(_folder["bin"]);
        File.Copy(Requirements.Find("busybox")!, _folder["bin/busybox"]);
        var file = _folder.Write("default.nix", """
            let
              make = name: text: derivation { inherit name; system = builtins.currentSystem; builder = "${./bin}/busybox"; args = [ "sh" "-c" "echo ${text} > $out" ]; };
              lib = make "lib" "lib";
            in { inherit lib; app = make "app" "${lib}"; garbage = make "garbage" "${lib}"; }
            """);
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--realise", "--add-root", _folder["result"],
            (await RealNix.RunAsync(nix, _folder["store"], "nix-instantiate", file, "-A", "app")).Trim());
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--realise",
            (await RealNix.RunAsync(nix, _folder["store"], "nix-instantiate", file, "-A", "garbage")).Trim());
        _folder.Write("tree/one", "same\n");
        _folder.Write("tree/two", "same\n");
        var tree = (await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--add", _folder["tree"])).Trim();
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--realise", "--add-root", _folder["store/nix/var/nix/profiles/mine"], tree);
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--add", _folder["tree/one"]);
    }

    private Task<List<string>> ListAsync(NixRelease nix, params string[] arguments) => SortedAsync(RealNix.RunAsync(nix, _folder["store"], "nix-store", arguments));

    private static async Task<List<string>> SortedAsync(Task<string> output) =>
        [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private async Task AssertVerifiesAsync(NixRelease nix)
    {
        var result = await RealNix.VerifyAsync(_folder["store"], nix);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("error", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Callback(Action report) : IProgress<NixProgress>
    {
        public void Report(NixProgress value) => report();
    }
}
