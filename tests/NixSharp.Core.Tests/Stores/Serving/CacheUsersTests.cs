using System.Text;
using NixSharp.Stores.Serving;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Serving;

public sealed class CacheUsersTests
{
    // printf %s secret | sha256sum
    private const string List = "# people\nada:pass:word\r\n\ngrace:sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\n";

    [Theory]
    [InlineData("ada:pass:word", true)]
    [InlineData("grace:secret", true)]
    [InlineData("grace:sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", false)]
    [InlineData("ada:secret", false)]
    [InlineData("ada:", false)]
    [InlineData("ada", false)]
    [InlineData("", false)]
    [InlineData("eve:pass:word", false)]
    [InlineData("# people:", false)]
    public void Only_the_right_password_of_a_user_is_accepted(string credentials, bool accepted) =>
        Assert.Equal(accepted, CacheUsers.Parse(List).Accept($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Bearer YWRhOnBhc3M6d29yZA==")]
    public void Anything_else_is_not_accepted(string? header) => Assert.False(CacheUsers.Parse(List).Accept(header));

    [Theory]
    [InlineData("ada")]
    [InlineData(":password")]
    [InlineData("ada:")]
    [InlineData("ada:$2y$05$abcdefghijklmnopqrstuv")]
    [InlineData("ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=")]
    [InlineData("ada:sha256:abc")]
    [InlineData("")]
    public void A_list_that_would_not_do_what_it_says_is_refused_without_showing_it(string list)
    {
        var error = Assert.Throws<NixConfigurationException>(() => CacheUsers.Parse(list));
        Assert.Equal(NixErrorCodes.InvalidCacheUsers, error.Code);
        Assert.DoesNotContain("W6ph5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_cache_shows_nothing_without_a_password()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(new CacheServerOptions { Users = CacheUsers.Parse(List) });
        foreach (var path in (string[])["/nix-cache-info", $"/{fixture.App.HashPart}.narinfo", "/nothing"])
        {
            var (answer, _) = await CacheServerFixture.GetAsync(server, path, authorization: "Basic YWRhOndyb25n");
            Assert.Equal(401, answer.Status);
            Assert.StartsWith("Basic ", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        }

        Assert.Equal(200, (await CacheServerFixture.GetAsync(server, "/nix-cache-info", authorization: "Basic YWRhOnBhc3M6d29yZA==")).Answer.Status);
    }

    [Fact]
    public async Task Reading_can_be_free_where_uploads_are_not()
    {
        await using var fixture = await CacheServerFixture.CreateAsync();
        var server = fixture.Serve(new CacheServerOptions { Users = CacheUsers.Parse(List), AnonymousReading = true, AllowUploads = true });
        Assert.Equal(200, (await CacheServerFixture.GetAsync(server, "/nix-cache-info")).Answer.Status);
        Assert.Equal(401, (await CacheServerFixture.PutAsync(server, "/nar/one.nar", new byte[10])).Status);
        Assert.Equal(200, (await CacheServerFixture.PutAsync(server, "/nar/one.nar", new byte[10], "Basic YWRhOnBhc3M6d29yZA==")).Status);
    }
}
