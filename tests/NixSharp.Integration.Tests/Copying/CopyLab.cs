using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Copying;

/// <summary>A folder of stores, with a closure in one of them.</summary>
internal sealed class CopyLab : IDisposable
{
    public TemporaryFolder Folder { get; } = new();

    public string Source => Folder["source"];

    public void Dispose() => Folder.Dispose();

    /// <summary>Opens a store that need not survive a power cut.</summary>
    public LocalStore Open(string name) => LocalStore.Open(Folder[name], new StoreOptions { SyncBeforeRegistering = false });

    /// <summary>Fills the source with a tree of files, and texts that refer to it and to each other.</summary>
    /// <returns>The text that needs all the others.</returns>
    public async Task<StorePath> FillAsync(int texts = 20, int largest = 700_000)
    {
        Folder.Write("tree/plain", "text");
        File.SetUnixFileMode(Folder.Write("tree/bin/run", "#!/bin/sh\n"), (UnixFileMode)0x1ed);
        Directory.CreateDirectory(Folder["tree/empty"]);
        File.CreateSymbolicLink(Folder["tree/link"], "plain");
        await File.WriteAllBytesAsync(Folder["tree/large"], new byte[largest]);
        await using var store = Open("source");
        var tree = await store.AddAsync(Folder["tree"]);
        var all = new List<StorePath>();
        for (var i = 0; i < texts; i++)
        {
            IReadOnlyList<StorePath> references = i == 0 ? [tree] : [tree, all[i / 2]];
            all.Add(await store.AddTextAsync($"text-{i}", $"{i} {string.Join(' ', references)}", references));
        }

        return await store.AddTextAsync("top", string.Join('\n', all), all);
    }

    /// <summary>Has Nix check that a store is sound, and holds the whole closure.</summary>
    public async Task AssertCompleteAsync(NixRelease nix, string name, StorePath top)
    {
        var result = await RealNix.VerifyAsync(Folder[name], nix);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("error", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            await RealNix.RunAsync(nix, Source, "nix-store", "--query", "--requisites", top.ToString()),
            await RealNix.RunAsync(nix, Folder[name], "nix-store", "--query", "--requisites", top.ToString()));
    }
}
