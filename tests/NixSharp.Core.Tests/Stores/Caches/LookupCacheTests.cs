using NixSharp.Stores.Caches;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

public sealed class LookupCacheTests : IDisposable
{
    private const string Place = "https://cache.example.org";

    private readonly TemporaryFolder _folder = new();

    private CacheOptions Options => new() { LookupFolder = _folder["lookups"] };

    private string File => _folder["lookups/lookups-v1.sqlite"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_found_and_what_was_not_is_remembered_by_cache()
    {
        using (var lookups = Open())
        {
            lookups.Remember("a", "text");
            lookups.Remember([new("b", null), new("c", "other")]);
            lookups.RememberInfo("StoreDir: /nix/store\n");
        }

        using var again = Open();
        Assert.Equal(new CachedLookup("text"), again.Find("a"));
        Assert.Equal(new CachedLookup(null), again.Find("b"));
        Assert.Null(again.Find("d"));
        Assert.Equal("StoreDir: /nix/store\n", again.FindInfo());
        using var other = LookupCache.TryOpen("https://other.example.org", Options)!;
        Assert.Null(other.Find("a"));
        Assert.Null(other.FindInfo());
    }

    [Fact]
    public void The_last_word_counts_and_can_be_taken_back()
    {
        using var lookups = Open();
        lookups.Remember("a", null);
        lookups.Remember("a", "text");
        Assert.Equal(new CachedLookup("text"), lookups.Find("a"));
        lookups.Forget("a");
        Assert.Null(lookups.Find("a"));
    }

    [Fact]
    public void Lookups_grow_old_each_kind_in_its_own_time()
    {
        using (var lookups = Open())
        {
            lookups.Remember("found", "text");
            lookups.Remember("missing", null);
        }

        using (var impatient = Open(Options with { PositiveLifetime = TimeSpan.Zero }))
        {
            Assert.Null(impatient.Find("found"));
            Assert.NotNull(impatient.Find("missing"));
        }

        using var other = Open(Options with { NegativeLifetime = TimeSpan.Zero });
        Assert.NotNull(other.Find("found"));
        Assert.Null(other.Find("missing"));
    }

    [Fact]
    public void A_refresh_asks_anew_and_remembers_the_answer()
    {
        using (var lookups = Open(Options with { Refresh = true }))
        {
            lookups.Remember("a", "text");
            Assert.Null(lookups.Find("a"));
        }

        using var after = Open();
        Assert.NotNull(after.Find("a"));
    }

    [Fact]
    public void A_damaged_file_is_thrown_away()
    {
        _folder.Write("lookups/lookups-v1.sqlite", "this is no database, and long enough to be looked at as one: " + new string('x', 5000));
        using (var lookups = Open())
        {
            lookups.Remember([.. Enumerable.Range(0, 1000).Select(static number => new KeyValuePair<string, string?>($"{number}", new string('x', 500)))]);
        }

        var bytes = System.IO.File.ReadAllBytes(File);
        bytes.AsSpan(4096 * 2).Fill(0xff);
        System.IO.File.WriteAllBytes(File, bytes);
        for (var number = 0; number < 1000; number += 100)
        {
            using var damaged = LookupCache.TryOpen(Place, Options);
            _ = damaged?.Find($"{number}");
        }

        using var after = Open();
        after.Remember("1", "new");
        Assert.Equal(new CachedLookup("new"), after.Find("1"));
    }

    [Fact]
    public void Where_nothing_can_be_kept_there_is_no_cache()
    {
        _folder.Write("lookups", "a file in place of the folder");
        Assert.Null(LookupCache.TryOpen(Place, Options));
    }

    [Fact]
    public async Task Several_users_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(user => Task.Run(() =>
        {
            using var lookups = Open();
            for (var number = 0; number < 50; number++)
            {
                lookups.Remember($"{user}-{number}", "text");
            }
        })));
        using var after = Open();
        Assert.Equal(200, Enumerable.Range(0, 4).Sum(user => Enumerable.Range(0, 50).Count(number => after.Find($"{user}-{number}") is not null)));
    }

    private LookupCache Open(CacheOptions? options = null) => LookupCache.TryOpen(Place, options ?? Options)!;
}
