using NixSharp.Stores.Caches;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

public sealed class CredentialFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("machine a login alice password one", "alice", "one")]
    [InlineData("machine A login alice password one", "alice", "one")]
    [InlineData("machine b login bob password two\nmachine a\n\tlogin alice\n\tpassword one\n", "alice", "one")]
    [InlineData("# machine a login no password no\nmachine a password one login alice account x", "alice", "one")]
    [InlineData("machine b password two default login alice password one", "alice", "one")]
    [InlineData("machine a login alice password \"o n\\\"e\"", "alice", "o n\"e")]
    [InlineData("macdef init\nmachine a login no password no\n\nmachine a login alice password one", "alice", "one")]
    [InlineData("machine a password one", null, "one")]
    public void A_netrc_entry_is_found(string text, string? login, string password)
    {
        var entry = NetrcFile.Find(_folder.Write("netrc", text), "a", null);
        Assert.Equal((login, password), (entry!.Login, entry.Password));
    }

    [Theory]
    [InlineData("")]
    [InlineData("machine")]
    [InlineData("machine b login bob password two")]
    [InlineData("machine aa login bob password two")]
    [InlineData("login alice password one")]
    public void A_netrc_file_without_the_host_gives_nothing(string text) => Assert.Null(NetrcFile.Find(_folder.Write("netrc", text), "a", null));

    [Fact]
    public void A_name_in_the_URI_chooses_among_entries()
    {
        var file = _folder.Write("netrc", "machine a login alice password one\nmachine a login bob password two\n");
        Assert.Equal("two", NetrcFile.Find(file, "a", "bob")!.Password);
        Assert.Null(NetrcFile.Find(file, "a", "carol"));
    }

    [Fact]
    public void A_netrc_file_that_was_named_must_be_there()
    {
        var error = Assert.Throws<NixStoreException>(() => NetrcFile.Find(_folder["missing"], "a", null));
        Assert.Equal(NixErrorCodes.CacheCredentials, error.Code);
        Assert.Contains(_folder["missing"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_s_values_are_read()
    {
        string[] lines =
        [
            "[default]", "aws_access_key_id = DEFAULT", "# comment", "[ profile  other ]", "aws_access_key_id=OTHER", "aws_secret_access_key = a=b", "; comment", "region",
        ];
        Assert.Equal("DEFAULT", AwsProfileFile.Parse(lines, "default")!["aws_access_key_id"]);
        Assert.Equal("a=b", AwsProfileFile.Parse(lines, "profile other")!["aws_secret_access_key"]);
        Assert.Null(AwsProfileFile.Parse(lines, "missing"));
    }

    [Fact]
    public void Secrets_are_not_shown() =>
        Assert.DoesNotContain("s3cret", new AwsCredentials("id", "s3cret", "s3cret").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Any_netrc_file_is_read_to_its_end() => Fuzz.Run<NixStoreException>(
        [.. ((string[])["machine a login b password c\n", "macdef x\n a\n\ndefault login \"q\\\"\" account z"]).Select(static text => System.Text.Encoding.UTF8.GetBytes(text))],
        static bytes => _ = NetrcFile.Parse(System.Text.Encoding.UTF8.GetString(bytes), "file").Count());
}
