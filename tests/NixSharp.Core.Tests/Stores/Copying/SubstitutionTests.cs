using NixSharp.Configuration;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Copying;

public sealed class SubstitutionTests : StoreFixture
{
    private static readonly SubstitutionOptions Unsigned = new() { CheckSignatures = false };

    [Fact]
    public async Task The_closure_comes_from_the_first_substituter_that_has_it()
    {
        await using var source = OpenStore("source");
        var (top, below) = await FillAsync(source);
        await using var empty = OpenStore("empty");
        await using var destination = OpenStore("destination");
        var (first, second) = (new AlteredStore(source) { Uri = "first" }, new AlteredStore(source) { Uri = "second" });
        var result = await Substitution.RealiseAsync(destination, [top], [empty, first, second], Unsigned);
        Assert.Equal([below, top], result.Substituted.Select(static path => path.Info.Path));
        Assert.All(result.Substituted, path => Assert.Same(first, path.Substituter));
        Assert.Empty(result.Failures);
        Assert.Empty(second.Sent);
        Assert.NotNull(await destination.QueryPathInfoAsync(top));
    }

    [Fact]
    public async Task What_is_valid_already_is_not_asked_for()
    {
        await using var source = OpenStore("source");
        var (top, below) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        await source.CopyToAsync(destination, [below], new CopyOptions { CheckSignatures = false });
        var far = new AlteredStore(source);
        await Substitution.RealiseAsync(destination, [top], [far], Unsigned);
        Assert.Equal([top], far.Sent);
        Assert.Empty((await Substitution.RealiseAsync(destination, [top], [far], Unsigned)).Substituted);
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("size")]
    [InlineData("error")]
    [InlineData("down")]
    [InlineData("references")]
    public async Task When_one_fails_or_lies_the_next_is_asked(string how)
    {
        await using var source = OpenStore("source");
        var (top, below) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var bad = new AlteredStore(source)
        {
            Uri = "bad",
            Info = info => how switch
            {
                "down" => throw new InvalidDataException("the cable is cut"),
                "size" when info.Path == below => info with { NarSize = info.NarSize - 8 },
                "references" when info.Path == top => info with { References = [Stranger] },
                _ => info,
            },
            Nar = (info, nar) => how switch
            {
                "error" when info.Path == below => throw new InvalidDataException("the disk is broken"),
                "hash" when info.Path == below => [.. nar.Select(static (value, index) => index == 200 ? (byte)(value ^ 1) : value)],
                _ => nar,
            },
        };
        var good = new AlteredStore(source) { Uri = "good" };
        var result = await Substitution.RealiseAsync(destination, [top], [bad, good], Unsigned);
        Assert.Equal(((StorePath[])[below, top]).Order(), await destination.ListAsync());
        Assert.Contains(result.Substituted, path => path.Substituter == good);
        Assert.Equal(how != "references", result.Failures.Count == 1);
        Assert.All(result.Failures, static failure => Assert.Equal("bad", failure.Substituter));
    }

    [Fact]
    public async Task When_all_fail_the_error_names_each_and_its_reason()
    {
        await using var source = OpenStore("source");
        var (top, below) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var broken = new AlteredStore(source) { Uri = "broken", Nar = static (_, _) => throw new InvalidDataException("the disk is broken") };
        var down = new AlteredStore(source) { Uri = "down", Info = static _ => throw new InvalidDataException("the cable is cut") };
        var error = await Assert.ThrowsAsync<NixStoreException>(() => Substitution.RealiseAsync(destination, [top], [broken, down], Unsigned));
        Assert.Equal(NixErrorCodes.CannotSubstitute, error.Code);
        Assert.Contains(top.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains($"broken did not give {below}: the disk is broken", error.Message, StringComparison.Ordinal);
        Assert.Contains("down could not be asked: the cable is cut", error.Message, StringComparison.Ordinal);
        Assert.Empty(NamesIn(destination));
    }

    [Fact]
    public async Task What_can_be_had_is_fetched_though_another_path_cannot()
    {
        await using var source = OpenStore("source");
        var (top, _) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var result = await Substitution.TryRealiseAsync(destination, [Stranger, top], [source], Unsigned);
        Assert.Equal([Stranger], result.Unavailable);
        Assert.Equal(2, result.Substituted.Count);
    }

    [Fact]
    public async Task A_path_is_left_out_where_nobody_has_what_it_needs()
    {
        await using var source = OpenStore("source");
        var (top, below) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var far = new AlteredStore(source) { Info = info => info.Path == below ? null : info };
        var plan = await Substitution.PlanAsync(destination, [top], [far]);
        Assert.Empty(plan.Available);
        Assert.Equal(((StorePath[])[below, top]).Order(), plan.Unavailable);
        Assert.Empty((await Substitution.TryRealiseAsync(destination, [top], [far], Unsigned)).Substituted);
        Assert.Empty(far.Sent);
    }

    [Fact]
    public async Task A_plan_fetches_nothing()
    {
        await using var source = OpenStore("source");
        var (top, below) = await FillAsync(source);
        await using var destination = OpenStore("destination");
        var plan = await Substitution.PlanAsync(destination, [top, Stranger], [source]);
        Assert.Equal([below, top], plan.Available.Select(static path => path.Info.Path));
        Assert.Equal([Stranger], plan.Unavailable);
        Assert.Empty(await destination.ListAsync());
    }

    [Fact]
    public async Task A_substituter_of_another_store_directory_is_passed_over()
    {
        await using var source = OpenStore("source");
        var (top, _) = await FillAsync(source);
        await using var other = LocalStore.Open(Folder["other"], Fast with { StoreDirectory = new StoreDirectory("/opt/store") });
        await using var destination = OpenStore("destination");
        var result = await Substitution.RealiseAsync(destination, [top], [other, source], Unsigned);
        Assert.Equal(2, result.Substituted.Count);
        Assert.Equal(other.Uri, Assert.Single(result.Failures).Substituter);
    }

    [Fact]
    public async Task The_substituters_of_the_configuration_are_opened_by_their_priority_and_those_that_cannot_be_are_told()
    {
        string Cache(string name, int priority)
        {
            Folder.Write($"{name}/nix-cache-info", $"StoreDir: /nix/store\nPriority: {priority}\n");
            return $"file://{Folder[name]}";
        }

        var uris = $"{Cache("late", 60)} ftp://example.org {Cache("early", 10)} {Folder["store"]}";
        var configuration = NixConfiguration.Empty.With("substituters", uris);
        await using var substituters = await Substituters.OpenAsync(configuration, Fast);
        Assert.Equal(["early", "store", "late"], substituters.Stores.Select(static store => Path.GetFileName(store.Uri)));
        Assert.Equal("ftp://example.org", Assert.Single(substituters.Failures).Substituter);
        await using var none = await Substituters.OpenAsync(configuration.With("substitute", "false"), Fast);
        Assert.Empty(none.Stores);
    }

    private async Task<(StorePath Top, StorePath Base)> FillAsync(LocalStore store)
    {
        var below = await store.AddAsync(MakeTree());
        return (await store.AddTextAsync("top", $"on {below}", [below]), below);
    }
}
