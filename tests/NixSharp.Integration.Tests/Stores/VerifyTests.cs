using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores;

public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_Nix_finds_damaged_is_found_and_what_was_repaired_Nix_finds_whole(NixRelease nix)
    {
        var damaged = await AddAsync(nix, "store", "damaged");
        var missing = await AddAsync(nix, "store", "missing");
        await AddAsync(nix, "store", "whole");
        await AddAsync(nix, "other", "damaged");
        await AddAsync(nix, "other", "missing");
        await using var store = LocalStore.Open(_folder["store"]);
        await using var other = LocalStore.Open(_folder["other"]);
        File.SetUnixFileMode(store.GetRealPath(damaged), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(store.GetRealPath(damaged), "other");

        // Nix forgets a path that is missing, so that it must be asked before that.
        var verified = await RealNix.VerifyAsync(_folder["store"], nix);
        Assert.Contains(damaged.ToString(), verified.Error, StringComparison.Ordinal);
        FileTree.Delete(store.GetRealPath(missing));

        var found = await store.VerifyAsync(new VerifyOptions { CheckContents = true });
        Assert.Equal(new[] { damaged, missing }.Order(), found.Problems.Select(static problem => problem.Path!.Value).Order());
        var repaired = await store.VerifyAsync(new VerifyOptions { CheckContents = true, Repair = true, Substituters = [other] });
        Assert.True(repaired.IsSound);
        verified = await RealNix.VerifyAsync(_folder["store"], nix);
        Assert.Equal(0, verified.ExitCode);
        Assert.DoesNotContain("error", verified.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("disappeared", verified.Error, StringComparison.Ordinal);
    }

    private async Task<StorePath> AddAsync(NixRelease nix, string store, string name) =>
        StorePath.Parse((await RealNix.RunAsync(nix, _folder[store], "nix-store", "--add", _folder.Write($"in/{name}", name))).Trim());
}
