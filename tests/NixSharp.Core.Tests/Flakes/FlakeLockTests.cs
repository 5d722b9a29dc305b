using System.Globalization;
using System.Text;
using NixSharp.Flakes.Locks;
using NixSharp.Nar;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class FlakeLockTests
{
    [Fact]
    public void Follows_are_resolved()
    {
        var @lock = FlakeLock.Parse(LockTexts.Seven);
        Assert.Equal("nixpkgs", @lock.Resolve("utils", "nixpkgs"));
        Assert.Equal("nixpkgs", @lock.Resolve("root", "pkgs"));
        Assert.Equal("root", @lock.Resolve("utils", "self"));
        Assert.Equal("nixpkgs", @lock.Resolve(["utils", "self", "pkgs"]));
        Assert.Equal(NixErrorCodes.UnknownFlakeInput, Assert.Throws<FlakeException>(() => @lock.Resolve(["utils", "missing"])).Code);
        Assert.Equal(["data", "nixpkgs", "pkgs", "utils", "utils/nixpkgs", "utils/self"], @lock.ListInputs().Keys);
        Assert.Equal("follows utils/nixpkgs", @lock.ListInputs()["pkgs"].ToString());
        Assert.Equal("follows the flake itself", @lock.ListInputs()["utils/self"].ToString());
    }

    [Theory]
    [InlineData(nameof(LockTexts.Five))]
    [InlineData(nameof(LockTexts.Six))]
    [InlineData(nameof(LockTexts.Seven))]
    public void What_nix_wrote_is_printed_to_the_byte(string name) => Assert.Equal(LockTexts.Get(name), FlakeLock.Parse(LockTexts.Get(name)).ToString());

    [Fact]
    public void Version_5_keeps_some_of_what_is_locked_apart()
    {
        var node = FlakeLock.Parse(LockTexts.Five).Nodes["nixpkgs"];
        Assert.Equal("2026-10-01", node.Locked!.LastModified!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.NotNull(node.Locked.NarHash);
    }

    [Theory]
    [InlineData(8, "from the future")]
    [InlineData(4, "too old")]
    public void Another_version_has_a_code_of_its_own(int version, string why)
    {
        var error = Assert.Throws<FlakeException>(() => FlakeLock.Parse(LockTexts.Seven.Replace("\"version\": 7", $"\"version\": {version}", StringComparison.Ordinal)));
        Assert.Equal(NixErrorCodes.UnknownFlakeLockVersion, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"nodes\"", "\"knots\"", "knots")]
    [InlineData("\"root\": \"root\"", "\"root\": \"gone\"", "gone")]
    [InlineData("\"data\": \"data\"", "\"data\": \"gone\"", "gone")]
    [InlineData("\"data\": \"data\"", "\"data\": 5", "node")]
    [InlineData("\"data\": \"data\"", "\"data\": \"\"", "node")]
    [InlineData("\"data\": \"data\"", "\"data\": [ \"data\" ]", "follows itself")]
    [InlineData("\"data\": \"data\"", "\"data\": [ \"pkgs\", \"gone\" ]", "there is none")]
    [InlineData("\"data\": \"data\"", "\"data\": [ 5 ]", "input")]
    [InlineData("\"rev\": \"0123456789abcdef0123456789abcdef01234567\",", "", "not locked")]
    [InlineData("\"flake\": false", "\"flake\": 0", "flake")]
    [InlineData("\"type\": \"file\"", "\"type\": \"gopher\"", "gopher")]
    [InlineData("\"original\"", "\"originals\"", "asked for")]
    [InlineData("\"version\": 7", "\"version\": \"7\"", "version")]
    [InlineData("\"version\": 7", "\"root\": \"root\"", "root")]
    [InlineData("\"version\": 7", "\"version\": 7, \"extra\": 1", "extra")]
    public void What_makes_no_sense_is_refused_with_the_reason(string part, string other, string reason)
    {
        Assert.Contains(part, LockTexts.Seven, StringComparison.Ordinal);
        var error = Assert.Throws<FlakeException>(() => FlakeLock.Parse(LockTexts.Seven.Replace(part, other, StringComparison.Ordinal)));
        Assert.Equal(NixErrorCodes.InvalidFlakeLock, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Circles_of_nodes_and_of_follows_are_refused()
    {
        var node = FlakeLock.Parse(LockTexts.Seven).Nodes["nixpkgs"];
        FlakeLockNode With(string input, FlakeLockInput to) => node with { Inputs = new Dictionary<string, FlakeLockInput> { [input] = to } };
        var root = new FlakeLockNode { Inputs = new Dictionary<string, FlakeLockInput> { ["a"] = FlakeLockInput.ToNode("a"), ["b"] = FlakeLockInput.ToNode("b") } };
        Assert.Throws<FlakeException>(() => new FlakeLock(new Dictionary<string, FlakeLockNode> { ["root"] = root, ["a"] = With("x", FlakeLockInput.ToNode("b")), ["b"] = With("x", FlakeLockInput.ToNode("a")) }));
        Assert.Throws<FlakeException>(() => new FlakeLock(new Dictionary<string, FlakeLockNode> { ["root"] = root, ["a"] = With("x", FlakeLockInput.Following("b", "x")), ["b"] = With("x", FlakeLockInput.Following("a", "x")) }));
        Assert.Equal("a", new FlakeLock(new Dictionary<string, FlakeLockNode> { ["root"] = root, ["a"] = With("x", FlakeLockInput.Following()), ["b"] = node }).Resolve(["a", "x", "a"]));
    }

    [Fact]
    public void What_later_versions_of_nix_write_survives()
    {
        var text = LockTexts.Seven.Replace("\"flake\": false,", "\"buildTime\": true,\n      \"flake\": false,", StringComparison.Ordinal);
        Assert.Contains("buildTime", text, StringComparison.Ordinal);
        Assert.Equal(text, FlakeLock.Parse(text).ToString());
    }

    [Fact]
    public void Damaged_files_are_refused_in_an_orderly_way() =>
        Fuzz.Run<FlakeException>(
            [.. ((string[])[LockTexts.Five, LockTexts.Six, LockTexts.Seven]).Select(Encoding.UTF8.GetBytes)],
            static bytes => FlakeLock.Parse(Encoding.UTF8.GetString(bytes)).ListInputs(),
            perByte: 1000);

    [Fact]
    public void A_thousand_nodes_cost_little()
    {
        var text = LockTexts.Large(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var @lock = FlakeLock.Parse(text);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L * text.Length);
        Assert.Equal(1001, @lock.Nodes.Count);
        Assert.Equal(text, @lock.ToString());
    }

    [Fact]
    public void A_long_chain_of_follows_is_refused_before_it_costs_much()
    {
        var node = FlakeLock.Parse(LockTexts.Seven).Nodes["nixpkgs"];
        var inputs = Enumerable.Range(0, 50_000).ToDictionary(
            static i => $"i{i:00000}",
            static i => i == 49_999 ? FlakeLockInput.ToNode("a") : FlakeLockInput.Following($"i{i + 1:00000}"));
        Assert.Throws<FlakeException>(() => new FlakeLock(new Dictionary<string, FlakeLockNode> { ["root"] = new() { Inputs = inputs }, ["a"] = node }));
    }

    [Fact]
    public void Changes_are_told_in_words()
    {
        var old = FlakeLock.Parse(LockTexts.Six);
        Assert.Empty(FlakeLockDifference.Between(old, FlakeLock.Parse(LockTexts.Six)).Changes);
        Assert.Equal(
            """
            added data: file+https://example.org/data.json (2026-10-01)
            nixpkgs 2026-10-01 -> 2026-11-02 (89abcde -> 0123456), asked for as github:NixOS/nixpkgs/nixos-26.05, was github:NixOS/nixpkgs/nixos-25.11
            removed old: flake:old (no date, 89abcde)
            added pkgs: follows utils/nixpkgs
            utils is locked to other files (sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= -> sha256-BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=)
            utils/nixpkgs: flake:nixpkgs (2026-10-01, 89abcde) -> follows nixpkgs
            added utils/self: follows the flake itself
            """,
            FlakeLockDifference.Between(old, FlakeLock.Parse(LockTexts.Seven)).ToString());
    }

    [Fact]
    public void Old_and_duplicate_inputs_are_found()
    {
        var @lock = FlakeLock.Parse(LockTexts.Six);
        var limit = DateTimeOffset.FromUnixTimeSeconds(LockTexts.November);
        Assert.Equal(["nixpkgs", "utils", "utils/nixpkgs"], @lock.FindOlder(limit).Select(static input => input.Path));
        Assert.Empty(@lock.FindOlder(DateTimeOffset.UnixEpoch));
        var (source, paths) = Assert.Single(@lock.FindDuplicates());
        Assert.Equal("github:nixos/nixpkgs", source);
        Assert.Equal(["nixpkgs", "utils/nixpkgs"], paths);
        Assert.Empty(FlakeLock.Parse(LockTexts.Seven).FindDuplicates());

        var policy = new FlakeLockPolicy { MaxAge = TimeSpan.FromDays(10), AllowDuplicates = false, Now = limit };
        Assert.Equal(
            ["nixpkgs is of 2026-10-01, 32 days old", "utils is of 2026-10-01, 32 days old", "github:nixos/nixpkgs is locked 2 times (nixpkgs, utils/nixpkgs)"],
            policy.FindProblems(@lock));
        Assert.Equal(NixErrorCodes.FlakeLockNeedsUpdate, Assert.Throws<FlakeException>(() => policy.Check(@lock, "flake.lock")).Code);
        new FlakeLockPolicy().Check(@lock, "flake.lock");
    }

    [Fact]
    public async Task A_source_is_compared_with_its_hash()
    {
        using var folder = new TemporaryFolder();
        folder.Write("source/file", "hello\n");
        var hash = (await NarArchive.DigestAsync(folder["source"])).Hash;
        folder.Write("flake.lock", LockTexts.Seven.Replace("sha256-BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", hash.ToString(), StringComparison.Ordinal));
        var @lock = await FlakeLock.ReadAsync(folder.Path);

        await @lock.VerifyAsync("utils", folder["source"]);
        folder.Write("source/file", "changed\n");
        Assert.Equal(NixErrorCodes.FlakeInputChanged, (await Assert.ThrowsAsync<FlakeException>(() => @lock.VerifyAsync("utils", folder["source"]))).Code);
        Assert.Equal(NixErrorCodes.UnknownFlakeInput, (await Assert.ThrowsAsync<FlakeException>(() => @lock.VerifyAsync("other", folder["source"]))).Code);
    }

    [Fact]
    public async Task A_file_that_is_damaged_or_too_large_is_named()
    {
        using var folder = new TemporaryFolder();
        var error = await Assert.ThrowsAsync<FlakeException>(() => FlakeLock.ReadAsync(folder.Write("flake.lock", "{")));
        Assert.Contains(folder["flake.lock"], error.Message, StringComparison.Ordinal);
        await using (var file = File.Create(folder["flake.lock"]))
        {
            file.SetLength(20 << 20);
        }

        Assert.Equal(NixErrorCodes.InvalidFlakeLock, (await Assert.ThrowsAsync<NixFileException>(() => FlakeLock.ReadAsync(folder.Path))).Code);
    }

    [Fact]
    public void A_lock_can_be_drawn()
    {
        var @lock = FlakeLock.Parse(LockTexts.Seven);
        Assert.Contains("  \"utils\" -> \"root\" [label=\"self\", style=dashed];\n", FlakeLockDrawing.ToDot(@lock), StringComparison.Ordinal);
        Assert.Contains("  n2 -->|\"data\"| n0\n", FlakeLockDrawing.ToMermaid(@lock), StringComparison.Ordinal);
    }
}
