using NixSharp.Registries;
using NixSharp.Registries.Configuration;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Registries.Configuration;

public sealed class RegistriesConfigurationTests : IDisposable
{
    private const string Rules = """
        # A comment
        unqualified-search-registries = ["registry.example.org", "docker.io"]

        [[registry]]
        prefix = "docker.io"
        location = "docker.io"
        [[registry.mirror]]
        location = "mirror.example.org/hub"
        insecure = true
        [[registry.mirror]]
        location = "digests.example.org"
        pull-from-mirror = "digest-only"

        [[registry]]
        prefix = "docker.io/acme"
        location = "internal.example.org:5000/team"

        [[registry]]
        prefix = "*.bad.example.org"
        blocked = true

        [[registry]]
        location = "good.bad.example.org"
        insecure = true

        [aliases]
        "hello" = "quay.io/acme/hello"
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("alpine:3", "mirror.example.org/hub/library/alpine docker.io/library/alpine")]
    [InlineData("alpine@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "mirror.example.org/hub/library/alpine digests.example.org/library/alpine docker.io/library/alpine")]
    [InlineData("acme/hello", "internal.example.org:5000/team/hello")]
    [InlineData("acmes/hello", "mirror.example.org/hub/acmes/hello docker.io/acmes/hello")]
    [InlineData("quay.io/acme/hello", "quay.io/acme/hello")]
    public void The_longest_prefix_says_where_an_image_is_looked_for(string reference, string places)
    {
        var endpoints = Load(Rules).RouteReading(ImageReference.Parse(reference), new RegistryOptions());
        Assert.Equal(places.Split(' '), endpoints.Select(endpoint => endpoint.Address.ToString()));
        Assert.All(endpoints, endpoint => Assert.Equal(endpoint.Address.Registry == "mirror.example.org", endpoint.IsInsecure));
    }

    [Fact]
    public void Credentials_that_were_given_are_for_no_other_registry()
    {
        var given = CredentialStore.From(new RegistryCredentials("alice", "s3cret"));
        var endpoints = Load(Rules).RouteReading(ImageReference.Parse("alpine"), new RegistryOptions { Credentials = given });
        Assert.Same(CredentialStore.Anonymous, endpoints[0].Credentials);
        Assert.Same(given, endpoints[^1].Credentials);
    }

    [Fact]
    public void A_blocked_registry_is_refused_with_the_rule_and_a_name_is_preferred_to_a_pattern()
    {
        var configuration = Load(Rules);
        var exception = Assert.Throws<RegistryException>(() => configuration.Route(ImageReference.Parse("very.bad.example.org/a"), new RegistryOptions()));
        Assert.Equal(NixErrorCodes.RegistryBlocked, exception.Code);
        Assert.Contains("*.bad.example.org", exception.Message, StringComparison.Ordinal);
        Assert.True(configuration.Route(ImageReference.Parse("good.bad.example.org/a"), new RegistryOptions()).IsInsecure);
    }

    [Theory]
    [InlineData("hello:1", "quay.io/acme/hello:1")]
    [InlineData("other", "registry.example.org/other:latest docker.io/library/other:latest")]
    [InlineData("quay.io/other", "quay.io/other:latest")]
    public void Short_names_are_expanded(string name, string expected) =>
        Assert.Equal(expected.Split(' '), Load(Rules).Expand(name).Select(reference => reference.ToString()));

    [Fact]
    public void Without_a_file_short_names_are_those_of_Docker_Hub() =>
        Assert.Equal("docker.io/library/alpine:latest", Assert.Single(RegistriesConfiguration.Empty.Expand("alpine")).ToString());

    [Fact]
    public void Where_nothing_is_to_be_guessed_a_short_name_is_refused()
    {
        var configuration = Load("short-name-mode = \"enforcing\"\n" + Rules);
        Assert.Equal(NixErrorCodes.InvalidImageReference, Assert.Throws<RegistryException>(() => configuration.Expand("other")).Code);
    }

    [Theory]
    [InlineData("[[registry]]\nprefix = [")]
    [InlineData("[[registry]]\ninsecure = true")]
    [InlineData("[[registry]]\nlocation = \"https://quay.io\"")]
    [InlineData("[[registry]]\nprefix = \"a b\"")]
    [InlineData("[[registry]]\nlocation = \"quay.io\"\ninsecure = 1")]
    [InlineData("[[registry]]\nlocation = \"quay.io\"\n[[registry.mirror]]\ninsecure = true")]
    [InlineData("registry = 1")]
    [InlineData("[registries.search]\nregistries = []")]
    public void A_broken_file_is_refused_by_name(string text)
    {
        var exception = Assert.Throws<RegistryException>(() => Load(text).Rules.Count);
        Assert.Equal(NixErrorCodes.RegistriesConfigurationInvalid, exception.Code);
        Assert.Contains(_folder["registries.conf"], exception.Message, StringComparison.Ordinal);
    }

    private RegistriesConfiguration Load(string text) => RegistriesConfiguration.Load(_folder.Write("registries.conf", text));
}
