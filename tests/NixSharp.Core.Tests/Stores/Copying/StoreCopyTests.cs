using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Copying;

public sealed class StoreCopyTests : StoreFixture
{
    private static readonly CopyOptions Unsigned = new() { CheckSignatures = false };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_closure_arrives_whole_and_the_same(bool far)
    {
        await using var source = OpenStore("source");
        var (top, all) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var result = await (far ? new AlteredStore(source) : (INixStore)source).CopyToAsync(destination, [top], Unsigned);

        Assert.Equal(all, await destination.ListAsync());
        Assert.Equal(all, result.Copied.Select(static info => info.Path).Order());
        Assert.Equal(0, result.AlreadyThere);
        Assert.Equal(top, result.Copied[^1].Path);
        foreach (var path in all)
        {
            var (theirs, ours) = (await source.GetPathInfoAsync(path), await destination.GetPathInfoAsync(path));
            Assert.Equal(theirs.References, ours.References);
            Assert.Equal(theirs.ContentAddress, ours.ContentAddress);
            Assert.Equal(ours.NarHash, (await NarArchive.DigestAsync(destination.GetRealPath(path))).Hash);
        }

        Assert.Equal(all.Select(static path => path.BaseName), NamesIn(destination));
    }

    [Fact]
    public async Task Only_what_is_missing_is_copied()
    {
        await using var source = OpenStore("source");
        var (top, all) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        await source.CopyToAsync(destination, [all[0]], Unsigned);
        var there = await destination.ListAsync();

        var far = new AlteredStore(source);
        var result = await far.CopyToAsync(destination, [top], Unsigned);
        Assert.Equal(there.Count, result.AlreadyThere);
        Assert.Equal(all.Except(there), far.Sent.Order());
        Assert.Empty((await far.CopyToAsync(destination, [top], Unsigned)).Copied);
    }

    [Fact]
    public async Task A_dry_run_tells_and_copies_nothing()
    {
        await using var source = OpenStore("source");
        var (top, all) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var result = await source.CopyToAsync(destination, [top], Unsigned with { DryRun = true });
        Assert.Equal(all, result.Copied.Select(static info => info.Path).Order());
        Assert.Equal(result.Copied.Sum(static info => info.NarSize), result.NarSize);
        Assert.Empty(await destination.ListAsync());
    }

    [Fact]
    public async Task Without_its_closure_a_path_is_refused_where_what_it_needs_is_missing()
    {
        await using var source = OpenStore("source");
        var (top, _) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var error = await Assert.ThrowsAsync<NixStoreException>(() => source.CopyToAsync(destination, [top], Unsigned with { Recursive = false }));
        Assert.Equal(NixErrorCodes.PathNotValid, error.Code);
        Assert.Empty(NamesIn(destination));
        await source.CopyToAsync(destination, (await source.GetPathInfoAsync(top)).References, Unsigned);
        Assert.Single((await source.CopyToAsync(destination, [top], Unsigned with { Recursive = false })).Copied);
    }

    [Fact]
    public async Task A_path_that_the_source_lacks_is_an_error()
    {
        await using var source = OpenStore("source");
        await using var destination = OpenStore("destination");
        var error = await Assert.ThrowsAsync<NixStoreException>(() => source.CopyToAsync(destination, [Stranger]));
        Assert.Equal(NixErrorCodes.PathNotValid, error.Code);
    }

    [Fact]
    public async Task Stores_with_different_store_directories_are_refused()
    {
        await using var source = OpenStore("source");
        await using var destination = LocalStore.Open(Folder["other"], Fast with { StoreDirectory = new StoreDirectory("/opt/store") });
        var error = await Assert.ThrowsAsync<NixStoreException>(() => source.CopyToAsync(destination, []));
        Assert.Equal(NixErrorCodes.OtherStoreDirectory, error.Code);
        Assert.Contains("/opt/store", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("append")]
    [InlineData("size")]
    [InlineData("empty")]
    public async Task A_NAR_that_is_not_the_one_announced_leaves_nothing(string how)
    {
        await using var source = OpenStore("source");
        var (top, _) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var far = new AlteredStore(source)
        {
            Info = info => how == "size" && info.Path == top ? info with { NarSize = info.NarSize + 8 } : info,
            Nar = (info, nar) => info.Path != top ? nar : Spoil(nar, how),
        };
        var error = await Assert.ThrowsAnyAsync<NixException>(() => far.CopyToAsync(destination, [top], Unsigned));
        Assert.Contains(error.Code, (string[])[NixErrorCodes.NarMismatch, NixErrorCodes.InvalidNar]);
        Assert.Null(await destination.QueryPathInfoAsync(top));
        Assert.Equal((await destination.ListAsync()).Select(static path => path.BaseName), NamesIn(destination));
    }

    [Fact]
    public async Task A_file_that_was_changed_in_the_source_is_noticed()
    {
        await using var source = OpenStore("source");
        var path = await source.AddAsync(MakeTree());
        var file = Path.Combine(source.GetRealPath(path), "plain");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "tEXt");
        await using var destination = OpenStore("destination");
        var error = await Assert.ThrowsAsync<NixStoreException>(() => source.CopyToAsync(destination, [path], Unsigned));
        Assert.Equal(NixErrorCodes.NarMismatch, error.Code);
        Assert.Empty(NamesIn(destination));
    }

    [Fact]
    public async Task Large_and_small_paths_are_told_of_while_they_arrive()
    {
        await using var source = OpenStore("source");
        var (top, all) = await FillAsync(source, largest: 3_000_000);
        await using var destination = OpenStore("destination");
        var told = new List<NixProgress>();
        var result = await source.CopyToAsync(destination, [top], Unsigned with { Progress = new Recorder(told) });

        var bytes = told.Where(static report => report.Unit == ProgressUnit.Bytes).ToList();
        Assert.Equal(result.NarSize, bytes[^1].Done);
        Assert.All(bytes, report => Assert.Equal(result.NarSize, report.Total));
        Assert.Equal(bytes.Select(static report => report.Done).Order(), bytes.Select(static report => report.Done));
        Assert.Contains(told, report => report.Unit == ProgressUnit.Items && report.Done == all.Count && report.Total == all.Count);
    }

    [Fact]
    public async Task A_copy_that_is_stopped_goes_on_when_it_is_run_again()
    {
        await using var source = OpenStore("source");
        var (top, all) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        using var stop = new CancellationTokenSource();
        var far = new AlteredStore(source)
        {
            Nar = (info, nar) =>
            {
                if (info.Path == top)
                {
                    stop.Cancel();
                }

                return nar;
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => far.CopyToAsync(destination, [top], Unsigned, stop.Token));
        Assert.Null(await destination.QueryPathInfoAsync(top));
        Assert.Equal((await destination.ListAsync()).Select(static path => path.BaseName), NamesIn(destination));

        var result = await source.CopyToAsync(destination, [top], Unsigned);
        Assert.Equal(all.Count, result.Copied.Count + result.AlreadyThere);
        Assert.Equal(all, await destination.ListAsync());
    }

    [Fact]
    public async Task Hundreds_of_paths_that_need_each_other_arrive_in_order()
    {
        await using var source = OpenStore("source");
        var last = await source.AddTextAsync("start", "0");
        var all = new List<StorePath> { last };
        for (var i = 1; i < 700; i++)
        {
            last = await source.AddTextAsync($"text-{i}", $"{i} {last}", [last]);
            all.Add(last);
        }

        await using var destination = OpenStore("destination");
        await source.CopyToAsync(destination, [last], Unsigned);
        Assert.Equal(all.Order(), await destination.ListAsync());
        Assert.Equal(all.Select(static path => path.BaseName).Order(StringComparer.Ordinal), NamesIn(destination).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_copies_of_the_same_closure_at_once_both_succeed()
    {
        await using var source = OpenStore("source");
        var (top, all) = await FillAsync(source);
        await using var one = OpenStore("destination");
        await using var other = OpenStore("destination");
        await Task.WhenAll(source.CopyToAsync(one, [top], Unsigned), new AlteredStore(source).CopyToAsync(other, [top], Unsigned), source.CopyToAsync(other, [top], Unsigned));
        Assert.Equal(all, await one.ListAsync());
        Assert.Equal(all.Select(static path => path.BaseName), NamesIn(one));
    }

    /// <summary>A folder and a ladder of texts above it, each of which refers to the one below.</summary>
    private async Task<(StorePath Top, IReadOnlyList<StorePath> All)> FillAsync(LocalStore store, int largest = 700_000)
    {
        var tree = MakeTree();
        await File.WriteAllBytesAsync(Path.Combine(tree, "large"), new byte[largest]);
        var all = new List<StorePath> { await store.AddAsync(tree) };
        for (var i = 0; i < 20; i++)
        {
            all.Add(await store.AddTextAsync($"step-{i}", $"{i} on {all[^1]}", [all[^1]]));
        }

        var top = all[^1];
        return (top, [.. all.Order()]);
    }

    private static byte[] Spoil(byte[] nar, string how)
    {
        switch (how)
        {
            case "flip":
                nar[^100] ^= 1;
                return nar;
            case "cut":
                return nar[..^8];
            case "append":
                return [.. nar, 0, 0, 0, 0, 0, 0, 0, 0];
            case "empty":
                return [];
            default:
                return nar;
        }
    }

    private sealed class Recorder(List<NixProgress> told) : IProgress<NixProgress>
    {
        public void Report(NixProgress value)
        {
            lock (told)
            {
                told.Add(value);
            }
        }
    }
}
