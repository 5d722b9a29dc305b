using System.Diagnostics;
using NixSharp.Integration.Tests.Tool;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Copying;

public sealed class RealCopyTests : IDisposable
{
    private readonly CopyLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_Nix_has_is_copied_and_Nix_finds_the_copy_the_same(NixRelease nix)
    {
        var expression = "let a = builtins.toFile \"a\" \"a\"; b = builtins.toFile \"b\" \"b ${a}\"; in builtins.toFile \"c\" \"c ${a} ${b}\"";
        var path = (await RealNix.RunAsync(nix, _lab.Source, "nix-instantiate", "--eval", "--read-write-mode", "--expr", expression)).Trim().Trim('"');
        var copied = await NixSharpProgram.RunAsync("copy", "--quiet", "--from", _lab.Source, "--to", _lab.Folder["ours"], path);
        Assert.Equal(3, copied.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith($"{path}\n", copied, StringComparison.Ordinal);
        await _lab.AssertCompleteAsync(nix, "ours", StorePath.Parse(path));

        Assert.Equal("", await NixSharpProgram.RunAsync("copy", "--quiet", "--from", _lab.Source, "--to", _lab.Folder["ours"], path));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_closure_goes_to_a_cache_and_back_and_Nix_reads_both(NixRelease nix)
    {
        var top = await _lab.FillAsync();
        var cache = $"file://{_lab.Folder["cache"]}";
        await NixSharpProgram.RunAsync("copy", "--quiet", "--from", _lab.Source, "--to", cache, top.ToString());
        await NixSharpProgram.RunAsync("copy", "--quiet", "--from", cache, "--to", _lab.Folder["back"], top.ToString());
        await _lab.AssertCompleteAsync(nix, "back", top);

        await RealNix.RunAsync(nix, _lab.Folder["theirs"], "nix", "copy", "--no-check-sigs", "--from", cache, "--to", _lab.Folder["theirs"], top.ToString());
        await _lab.AssertCompleteAsync(nix, "theirs", top);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_cache_that_Nix_made_substitutes(NixRelease nix)
    {
        var top = await _lab.FillAsync();
        var cache = $"file://{_lab.Folder["cache"]}";
        await RealNix.RunAsync(nix, _lab.Source, "nix", "copy", "--no-check-sigs", "--to", cache, top.ToString());
        await using (var substituter = await NixStore.OpenAsync(cache))
        await using (var store = _lab.Open("ours"))
        {
            var result = await Substitution.RealiseAsync(store, [top], [substituter]);
            Assert.Equal(22, result.Substituted.Count);
        }

        await _lab.AssertCompleteAsync(nix, "ours", top);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_chains_between_two_paths_are_those_that_Nix_shows(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 6);
        string tree;
        await using (var store = _lab.Open("source"))
        {
            tree = (await store.ListAsync()).Single(static path => path.Name == "tree").ToString();
        }

        var theirs = NixSharp.Processes.TerminalText.Strip(await RealNix.RunAsync(nix, _lab.Source, "nix", "why-depends", "--all", top.ToString(), tree));
        Assert.Equal(theirs, await NixSharpProgram.RunAsync("--store", _lab.Source, "why-depends", "--all", top.ToString(), tree));
        theirs = NixSharp.Processes.TerminalText.Strip(await RealNix.RunAsync(nix, _lab.Source, "nix", "why-depends", top.ToString(), tree));
        Assert.Equal(theirs, await NixSharpProgram.RunAsync("--store", _lab.Source, "why-depends", top.ToString(), tree));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    public async Task Two_processes_copy_the_same_closure_at_once(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 200);
        string[] arguments = ["copy", "--quiet", "--from", _lab.Source, "--to", _lab.Folder["ours"], top.ToString()];
        await Task.WhenAll(NixSharpProgram.RunAsync(arguments), NixSharpProgram.RunAsync(arguments));
        await _lab.AssertCompleteAsync(nix, "ours", top);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    public async Task A_copy_that_is_killed_at_any_moment_leaves_a_sound_store_and_goes_on(NixRelease nix)
    {
        var top = await _lab.FillAsync(texts: 600, largest: 3_000_000);
        var random = new Random(20261125);
        var round = 0;
        for (var kill = 0; kill < 40; kill++)
        {
            var isDone = await CopyAndKillAsync($"ours-{round}", top, TimeSpan.FromMilliseconds(random.Next(120)));
            var verified = await RealNix.TryRunAsync(nix, _lab.Folder[$"ours-{round}"], "nix-store", "--verify");
            Assert.True(verified.ExitCode == 0, verified.Error);
            Assert.DoesNotContain("disappeared", verified.Error, StringComparison.Ordinal);
            round += isDone ? 1 : 0;
        }

        await NixSharpProgram.RunAsync("copy", "--quiet", "--from", _lab.Source, "--to", _lab.Folder[$"ours-{round}"], top.ToString());
        for (var done = 0; done <= round; done++)
        {
            await _lab.AssertCompleteAsync(nix, $"ours-{done}", top);
        }
    }

    /// <summary>Starts a copy, and kills it a while after the first byte has arrived.</summary>
    /// <returns>Whether it was done before that.</returns>
    private async Task<bool> CopyAndKillAsync(string name, StorePath top, TimeSpan after)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [NixSharpProgram.Assembly, "copy", "--from", _lab.Source, "--to", _lab.Folder[name], top.ToString()])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            while (await process.StandardError.ReadLineAsync() is { } line && !line.StartsWith("copying", StringComparison.Ordinal))
            {
            }

            await Task.Delay(after);
            return process.HasExited;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
