using NixSharp.GitOps.NuGet;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class NuGetLockTests
{
    private const string Text =
        """
        [
          {
            "pname": "Newtonsoft.Json",
            "version": "13.0.4",
            "hash": "sha256-6rBiKocn3u8dUfi62ZbtUpcZUPW1nYs1Hv2KoGXzKVo="
          },
          {
            "pname": "xunit",
            "version": "2.9.3",
            "hash": "sha256-xKKfCM928GWwBFu4hRJVVnf0OC/hIrXojwBILwuzfA0=",
            "url": "https://example.org/flat/xunit/2.9.3/xunit.2.9.3.nupkg"
          }
        ]

        """;

    [Fact]
    public void What_is_read_is_printed_to_the_byte() => Assert.Equal(Text, NuGetLock.Parse(Text).ToString());

    [Fact]
    public void A_list_of_nothing_is_two_brackets() => Assert.Equal("[]\n", new NuGetLock([]).ToString());

    [Fact]
    public void Packages_are_in_the_order_of_the_packages_folder()
    {
        var hash = NuGetLock.Parse(Text).Entries[0].Hash;
        var made = new NuGetLock([new("b", "9.0.0", hash), new("B", "10.0.0", hash), new("A.B", "1.0.0", hash), new("a-b", "1.0.0", hash), new("a", "2.0.0", hash)]);
        Assert.Equal(["a 2.0.0", "a-b 1.0.0", "A.B 1.0.0", "B 10.0.0", "b 9.0.0"], made.Entries.Select(static entry => entry.ToString()));
    }

    [Theory]
    [InlineData("{}", "a list of packages")]
    [InlineData("[1]", "a package")]
    [InlineData("[{\"pname\":\"a\",\"version\":\"1.0.0\"}]", "hash")]
    [InlineData("[{\"pname\":\"\",\"version\":\"1.0.0\",\"hash\":\"sha256-xKKfCM928GWwBFu4hRJVVnf0OC/hIrXojwBILwuzfA0=\"}]", "name")]
    [InlineData("[{\"pname\":\"a\",\"version\":\"1.0.0\",\"hash\":\"md5\"}]", "md5")]
    [InlineData("[{\"pname\":\"a\",\"version\":\"1.0.0\",\"hash\":\"sha256-xKKfCM928GWwBFu4hRJVVnf0OC/hIrXojwBILwuzfA0=\",\"extra\":1}]", "extra")]
    [InlineData("[", "JSON")]
    public void What_is_no_lock_is_refused_with_the_reason(string text, string reason)
    {
        var error = Assert.Throws<NixFormatException>(() => NuGetLock.Parse(text));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_twice_is_refused()
    {
        var entry = NuGetLock.Parse(Text).Entries[0];
        Assert.Throws<NixFormatException>(() => NuGetLock.Parse(Text.Replace("xunit", "NEWTONSOFT.json", StringComparison.Ordinal).Replace("2.9.3", "13.0.4", StringComparison.Ordinal)));
        Assert.Throws<ArgumentException>(() => new NuGetLock([entry, entry]));
    }

    [Fact]
    public void Damaged_files_are_refused_in_an_orderly_way() =>
        Fuzz.Run<NixFormatException>([System.Text.Encoding.UTF8.GetBytes(Text)], static bytes => NuGetLock.Parse(System.Text.Encoding.UTF8.GetString(bytes)));

    [Fact]
    public async Task A_file_that_says_the_same_is_not_written()
    {
        using var folder = new TemporaryFolder();
        var made = NuGetLock.Parse(Text);
        Assert.True(await made.WriteAsync(folder["deps.json"]));
        File.SetLastWriteTimeUtc(folder["deps.json"], DateTime.UnixEpoch);
        Assert.False(await made.WriteAsync(folder["deps.json"]));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(folder["deps.json"]));
        Assert.Equal(made.Entries, (await NuGetLock.ReadAsync(folder["deps.json"])).Entries);
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        using var folder = new TemporaryFolder();
        var error = await Assert.ThrowsAsync<GitOpsException>(() => NuGetLock.ReadAsync(folder.Write("deps.json", "[1]")));
        Assert.Equal(NixErrorCodes.InvalidPackageLock, error.Code);
        Assert.Contains(folder["deps.json"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_are_named_in_words()
    {
        var old = NuGetLock.Parse(Text);
        var (json, xunit) = (old.Entries[0], old.Entries[1]);
        Assert.True(NuGetLockDifference.Between(old, NuGetLock.Parse(Text)).IsEmpty);
        Assert.Equal("no differences", NuGetLockDifference.Between(old, old).ToString());
        Assert.Equal(
            "added: Polly.Core 8.9.1; removed: xunit 2.9.3; changed: Newtonsoft.Json 13.0.4 -> 13.0.5",
            NuGetLockDifference.Between(old, new NuGetLock([json with { Version = "13.0.5" }, json with { Name = "Polly.Core", Version = "8.9.1" }])).ToString());
        Assert.Equal(
            $"changed: xunit 2.9.3 has another hash ({xunit.Hash} -> {json.Hash})",
            NuGetLockDifference.Between(old, new NuGetLock([json, xunit with { Hash = json.Hash }])).ToString());
        Assert.Equal(
            "changed: xunit 2.9.3 comes from elsewhere (https://example.org/flat/xunit/2.9.3/xunit.2.9.3.nupkg -> the public gallery)",
            NuGetLockDifference.Between(old, new NuGetLock([json, xunit with { Url = null }])).ToString());
    }

    [Fact]
    public void Several_versions_of_a_package_are_added_and_removed_one_by_one()
    {
        var xunit = NuGetLock.Parse(Text).Entries[1];
        Assert.Equal(
            "added: xunit 3.0.0, xunit 3.1.0; removed: xunit 2.9.3",
            NuGetLockDifference.Between(new NuGetLock([xunit]), new NuGetLock([xunit with { Version = "3.1.0" }, xunit with { Version = "3.0.0" }])).ToString());
    }

    [Fact]
    public void A_difference_fails_with_the_command_that_mends_it()
    {
        var old = NuGetLock.Parse(Text);
        NuGetLockDifference.Between(old, old).ThrowIfAny("deps.json", "mend");
        var error = Assert.Throws<GitOpsException>(() => NuGetLockDifference.Between(old, new NuGetLock([])).ThrowIfAny("deps.json", "mend --it"));
        Assert.Equal(NixErrorCodes.PackageLockOutdated, error.Code);
        Assert.EndsWith("removed: Newtonsoft.Json 13.0.4, xunit 2.9.3. Write it again with: mend --it", error.Message, StringComparison.Ordinal);
    }
}
