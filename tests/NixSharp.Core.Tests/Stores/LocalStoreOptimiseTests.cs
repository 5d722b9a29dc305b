using System.Globalization;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Garbage;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreOptimiseTests : StoreFixture
{
    [RequiresFact("stat")]
    public async Task Equal_files_become_one_file_and_stay_what_they_were()
    {
        await using var store = OpenStore();
        Folder.Write("in/one", "same");
        Folder.Write("in/deep/two", "same");
        Folder.Write("in/other", "different");
        var path = await store.AddAsync(Folder["in"]);
        var second = await store.AddAsync(Folder.Write("three", "same"));
        var result = await store.OptimiseAsync();
        Assert.Equal(2, result.FilesLinked);
        Assert.InRange(result.BytesFreed, 1, 16 * 1024);
        var inode = await InodeAsync(Path.Combine(store.GetRealPath(path), "one"));
        Assert.Equal(inode, await InodeAsync(Path.Combine(store.GetRealPath(path), "deep/two")));
        Assert.Equal(inode, await InodeAsync(store.GetRealPath(second)));
        Assert.NotEqual(inode, await InodeAsync(Path.Combine(store.GetRealPath(path), "other")));
        Assert.Equal((await store.GetPathInfoAsync(path)).NarHash, (await NarArchive.DigestAsync(store.GetRealPath(path))).Hash);
        AssertCanonical(Path.Combine(store.GetRealPath(path), "deep"));
        AssertCanonical(store.GetRealPath(path));
    }

    [Fact]
    public async Task The_names_in_links_are_the_hashes_of_the_files_NARs()
    {
        await using var store = OpenStore();
        await store.AddAsync(MakeTree());
        await store.OptimiseAsync();
        var links = Directory.EnumerateFileSystemEntries(Path.Combine(store.Layout.RealStore, ".links")).ToList();
        Assert.Equal(3, links.Count);
        foreach (var link in links)
        {
            Assert.Equal(Path.GetFileName(link), (await NarArchive.DigestAsync(link)).Hash.ToDigestString(HashFormat.Nix32));
        }
    }

    [Fact]
    public async Task What_is_linked_already_is_not_linked_again()
    {
        await using var store = OpenStore();
        Folder.Write("in/one", "same");
        Folder.Write("in/two", "same");
        await store.AddAsync(Folder["in"]);
        Assert.Equal(1, (await store.OptimiseAsync()).FilesLinked);
        Assert.Equal(new OptimiseResult(0, 0), await store.OptimiseAsync());
        await store.AddAsync(Folder.Write("three", "same"));
        Assert.Equal(1, (await store.OptimiseAsync()).FilesLinked);
    }

    [Fact]
    public async Task Files_that_differ_in_the_executable_bit_stay_apart()
    {
        await using var store = OpenStore();
        Folder.Write("in/plain", "same");
        File.SetUnixFileMode(Folder.Write("in/program", "same"), (UnixFileMode)0x1ed);
        await store.AddAsync(Folder["in"]);
        Assert.Equal(0, (await store.OptimiseAsync()).FilesLinked);
    }

    [Fact]
    public async Task A_damaged_file_in_links_damages_no_other()
    {
        await using var store = OpenStore();
        var first = await store.AddAsync(Folder.Write("first", "same"));
        await store.OptimiseAsync();

        // Of the same size, so that only the contents tell.
        File.SetUnixFileMode(store.GetRealPath(first), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(store.GetRealPath(first), "evil");
        File.SetUnixFileMode(store.GetRealPath(first), (UnixFileMode)CanonicalModes.Plain);
        var second = await store.AddAsync(Folder.Write("second", "same"));
        Assert.Equal(0, (await store.OptimiseAsync()).FilesLinked);
        Assert.Equal("same", File.ReadAllText(store.GetRealPath(second)));
        var third = await store.AddAsync(Folder.Write("third", "same"));
        Assert.Equal(1, (await store.OptimiseAsync()).FilesLinked);
        Assert.Equal("same", File.ReadAllText(store.GetRealPath(third)));
    }

    [Fact]
    public async Task Files_that_their_owner_may_write_are_left_alone()
    {
        await using var store = OpenStore();
        var path = await store.AddAsync(Folder.Write("first", "same"));
        await store.AddAsync(Folder.Write("second", "same"));
        File.SetUnixFileMode(store.GetRealPath(path), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(0, (await store.OptimiseAsync()).FilesLinked);
    }

    [Fact]
    public async Task Folders_that_a_killed_process_left_writable_are_made_canonical()
    {
        await using var store = OpenStore();
        var path = await store.AddAsync(MakeTree());
        var folder = Path.Combine(store.GetRealPath(path), "bin");
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ed);
        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        await store.OptimiseAsync();
        AssertCanonical(folder);
    }

    [Fact]
    public async Task A_collector_that_is_at_work_is_waited_for()
    {
        await using var store = OpenStore();
        Folder.Write("in/one", "same");
        Folder.Write("in/two", "same");
        await store.AddAsync(Folder["in"]);
        Task<OptimiseResult> optimising;
        using (await CollectorLock.AcquireAsync(store.Layout, CancellationToken.None))
        {
            optimising = store.OptimiseAsync();
            Assert.NotSame(optimising, await Task.WhenAny(optimising, Task.Delay(100)));
        }

        Assert.Equal(1, (await optimising).FilesLinked);
    }

    [RequiresFact(Requirements.Golden, "stat")]
    public async Task The_links_are_those_that_Nix_makes()
    {
        const string Data = "generated-nix-2.8.0/store";
        var lines = File.ReadAllLines(GoldenData.PathOf($"{Data}/optimise.links.txt")).Select(static line => line.Split(' ')).ToList();
        await using var store = OpenStore();
        foreach (var file in Directory.EnumerateFiles(GoldenData.PathOf(Data), "*.nar"))
        {
            var path = StorePath.ParseBaseName(Path.GetFileNameWithoutExtension(file));
            using var nar = new MemoryStream(File.ReadAllBytes(file));
            var info = new PathInfo { Path = path, NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()), NarSize = nar.Length };
            await store.AddNarAsync(info, nar, new AddNarOptions { CheckSignatures = false });
        }

        await store.OptimiseAsync();
        var checkedFiles = 0;
        foreach (var line in lines)
        {
            foreach (var name in line[4..].Select(name => Path.Combine(store.Layout.RealStore, name)).Where(FileTree.Exists))
            {
                var link = Path.Combine(store.Layout.RealStore, ".links", line[0]);
                Assert.Equal(await InodeAsync(link), await InodeAsync(name));
                Assert.Equal($"{line[2]} {line[3]}", (await CommandLine.RunAsync("stat", "-c", "%s %a", link)).Trim());
                checkedFiles++;
            }
        }

        Assert.InRange(checkedFiles, 10, int.MaxValue);
        Assert.All(
            Directory.EnumerateFileSystemEntries(Path.Combine(store.Layout.RealStore, ".links")),
            link => Assert.Contains(lines, line => line[0] == Path.GetFileName(link)));
    }

    private static async Task<long> InodeAsync(string path) =>
        long.Parse(await CommandLine.RunAsync("stat", "-c", "%i", path), CultureInfo.InvariantCulture);

    private static void AssertCanonical(string folder)
    {
        Assert.Equal((UnixFileMode)CanonicalModes.Executable, File.GetUnixFileMode(folder));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), Directory.GetLastWriteTimeUtc(folder));
    }
}
