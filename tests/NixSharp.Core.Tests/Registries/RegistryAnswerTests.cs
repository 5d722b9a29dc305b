using System.Net;
using System.Net.Http.Headers;
using NixSharp.Registries;
using NixSharp.Web;
using Xunit;

namespace NixSharp.Core.Tests.Registries;

public sealed class RegistryAnswerTests
{
    [Fact]
    public void A_bearer_challenge_is_read_with_its_quotes_and_commas()
    {
        var challenge = Choose("Basic realm=\"r\"", "Bearer realm=\"https://auth.example/token?x=\\\"1\\\"\",service=registry.example, scope=\"repository:a/b:pull,push\"");
        Assert.Equal(new AuthChallenge(true, "https://auth.example/token?x=\"1\"", "registry.example", "repository:a/b:pull,push"), challenge);
    }

    [Fact]
    public void A_basic_challenge_is_taken_where_there_is_no_other() =>
        Assert.Equal(new AuthChallenge(false, null, null, null), Choose("Negotiate", "basic realm=\"r\""));

    [Fact]
    public void An_unknown_challenge_is_none() => Assert.Null(Choose("Negotiate"));

    [Theory]
    [InlineData("https://quay.io/v2/", "https://auth.quay.io/token", true)]
    [InlineData("https://quay.io/v2/", "http://quay.io/token", false)]
    [InlineData("https://quay.io/v2/", "http://localhost/token", false)]
    [InlineData("https://quay.io/v2/", "https://user:pw@quay.io/token", false)]
    [InlineData("https://quay.io/v2/", "/token", false)]
    [InlineData("https://quay.io/v2/", "file:///etc/passwd", false)]
    [InlineData("https://quay.io/v2/", null, false)]
    [InlineData("http://127.0.0.1:5000/v2/", "http://127.0.0.1:5001/token", true)]
    [InlineData("http://127.0.0.1:5000/v2/", "ftp://127.0.0.1:5001/token", false)]
    public void Credentials_go_to_https_unless_the_registry_itself_is_plain(string registry, string? realm, bool allowed)
    {
        using var response = Response(registry);
        void Check() => TokenServer.CheckRealm(new AuthChallenge(true, realm, null, null), new Uri(registry), response);
        if (allowed)
        {
            Check();
            return;
        }

        var exception = Assert.Throws<RegistryException>(Check);
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, exception.Code);
        Assert.DoesNotContain("pw", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://quay.io/v2/a/blobs/uploads/", "/v2/a/blobs/uploads/1?state=a%3D%3D", "https://quay.io/v2/a/blobs/uploads/1?state=a%3D%3D")]
    [InlineData("https://quay.io/v2/a/blobs/uploads/", "1", "https://quay.io/v2/a/blobs/uploads/1")]
    [InlineData("https://quay.io/v2/a/blobs/uploads/", "https://cdn.example/x?sig=s", "https://cdn.example/x?sig=s")]
    [InlineData("https://quay.io/v2/", "http://quay.io/v2/x", "https://quay.io/v2/x")]
    [InlineData("https://quay.io:8443/v2/", "http://quay.io:8443/v2/x", "https://quay.io:8443/v2/x")]
    [InlineData("http://127.0.0.1:5000/v2/", "http://127.0.0.1:5001/x", "http://127.0.0.1:5001/x")]
    public void A_Location_may_be_relative_and_carry_a_query(string from, string location, string expected)
    {
        using var response = Response(from, location);
        Assert.Equal(expected, RegistryLocation.Read(response).AbsoluteUri);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://elsewhere.example/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:pw@quay.io/x")]
    [InlineData("https://:0:0/")]
    public void A_Location_that_is_not_safe_is_not_followed(string? location)
    {
        using var response = Response("https://quay.io/v2/", location);
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, Assert.Throws<RegistryException>(() => RegistryLocation.Read(response)).Code);
    }

    [Theory]
    [InlineData("https://a/x", "https://A:443/y", true)]
    [InlineData("https://a/x", "http://a/x", false)]
    [InlineData("https://a/x", "https://a:444/x", false)]
    [InlineData("https://a/x", "https://b/x", false)]
    public void Scheme_host_and_port_make_an_origin(string left, string right, bool same) =>
        Assert.Equal(same, Answers.IsSameOrigin(new Uri(left), new Uri(right)));

    [Theory]
    [InlineData("https://a/x", "https://a/x?digest=sha256%3A1")]
    [InlineData("https://a/x?", "https://a/x?digest=sha256%3A1")]
    [InlineData("https://a/x?s=%2F", "https://a/x?s=%2F&digest=sha256%3A1")]
    public void A_parameter_is_added_to_what_is_there(string uri, string expected) =>
        Assert.Equal(expected, RegistryLocation.WithParameter(new Uri(uri), "digest", "sha256:1").AbsoluteUri);

    [Fact]
    public void A_URI_is_shown_without_what_may_be_secret() =>
        Assert.Equal("https://a:1/x", RegistryAnswer.Show(new Uri("https://user:pw@a:1/x?sig=secret#f")));

    private static AuthChallenge? Choose(params string[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var header in headers)
        {
            response.Headers.WwwAuthenticate.Add(AuthenticationHeaderValue.Parse(header));
        }

        return AuthChallenge.Choose(response.Headers.WwwAuthenticate);
    }

    private static HttpResponseMessage Response(string from, string? location = null)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Accepted) { RequestMessage = new HttpRequestMessage(HttpMethod.Post, from) };
        if (location is not null)
        {
            response.Headers.TryAddWithoutValidation("Location", location);
        }

        return response;
    }
}
