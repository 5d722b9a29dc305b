using System.Text;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Registries;

public sealed class CredentialStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;

    public CredentialStoreTests()
    {
        _environment = new Dictionary<string, string>
        {
            ["HOME"] = _folder["home"],
            ["XDG_RUNTIME_DIR"] = _folder["run"],
        };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_come_in_the_order_that_skopeo_has()
    {
        Assert.Equal(
            ["run/containers/auth.json", "home/.config/containers/auth.json", "home/.docker/config.json", "home/.dockercfg"],
            Store().Files().Select(file => Path.GetRelativePath(_folder.Path, file.Path)));
        _environment["XDG_CONFIG_HOME"] = _folder["config"];
        _environment["DOCKER_CONFIG"] = _folder["docker"];
        Assert.Equal(
            ["run/containers/auth.json", "config/containers/auth.json", "docker/config.json", "home/.dockercfg"],
            Store().Files().Select(file => Path.GetRelativePath(_folder.Path, file.Path)));
        _environment.Remove("XDG_RUNTIME_DIR");
        Assert.StartsWith("/run/containers/", Store().Files().First().Path, StringComparison.Ordinal);
        _environment["REGISTRY_AUTH_FILE"] = "/named";
        Assert.Equal(["/named"], Store().Files().Select(file => file.Path));
        Assert.Equal(["/given"], new CredentialStore(null, "/given", Variable).Files().Select(file => file.Path));
    }

    [Fact]
    public async Task The_first_file_that_knows_the_registry_wins()
    {
        _folder.Write("home/.docker/config.json", Auths(("quay.io", "docker", "1"), ("ghcr.io", "docker", "2")));
        _folder.Write("home/.config/containers/auth.json", Auths(("quay.io", "containers", "3")));
        Assert.Equal("containers", (await FindAsync("quay.io/acme/hello"))?.Username);
        Assert.Equal("docker", (await FindAsync("ghcr.io/acme/hello"))?.Username);
        Assert.Null(await FindAsync("example.org/hello"));
        Assert.Equal(_folder["home/.docker/config.json"], (await FindAsync("ghcr.io/acme/hello"))?.Source);
    }

    [Theory]
    [InlineData("quay.io/acme/hello", "image")]
    [InlineData("quay.io/acme/hello-world", "namespace")]
    [InlineData("quay.io/acme", "namespace")]
    [InlineData("quay.io/acmes/hello", "host")]
    public async Task The_most_specific_key_wins(string reference, string user)
    {
        _folder.Write("run/containers/auth.json", Auths(("quay.io", "host", ""), ("quay.io/acme", "namespace", ""), ("quay.io/acme/hello", "image", "")));
        Assert.Equal(user, (await FindAsync(reference))?.Username);
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/", "ubuntu")]
    [InlineData("docker.io", "ubuntu")]
    [InlineData("index.docker.io", "ubuntu")]
    [InlineData("docker.io/acme", "acme/hello")]
    [InlineData("https://quay.io", "quay.io/a")]
    [InlineData("https://quay.io/v2/", "quay.io/a")]
    public async Task Keys_that_Docker_wrote_as_URLs_are_found(string key, string reference)
    {
        _folder.Write("home/.docker/config.json", Auths((key, "user", "p")));
        Assert.Equal("user", (await FindAsync(reference))?.Username);
    }

    [Fact]
    public async Task All_forms_of_an_entry_are_read()
    {
        _folder.Write("home/.docker/config.json",
            """
            { "auths": {
                "plain.example": { "username": "u", "password": "p:w" },
                "token.example": { "auth": "AAA=", "identitytoken": "t" },
                "identity.example": { "identitytoken": "t2" },
                "colon.example": { "auth": "dTphOmI=" },
                "empty.example": {}
            } }
            """.Replace("AAA=", Convert.ToBase64String("u:"u8), StringComparison.Ordinal));
        Assert.Equal("p:w", (await FindAsync("plain.example/a"))?.Password);
        Assert.Equal("t", (await FindAsync("token.example/a"))?.IdentityToken);
        Assert.Equal("t2", (await FindAsync("identity.example/a"))?.IdentityToken);
        Assert.Equal("a:b", (await FindAsync("colon.example/a"))?.Password);
        Assert.Null(await FindAsync("empty.example/a"));
    }

    [Fact]
    public async Task The_old_dockercfg_has_its_keys_at_the_top()
    {
        _folder.Write("home/.dockercfg", """{ "https://quay.io": { "auth": "dTpw" } }""");
        Assert.Equal("u", (await FindAsync("quay.io/a"))?.Username);
    }

    [Theory]
    [InlineData("{ \"auths\": { \"quay.io\": { \"auth\": \"s3cr\u00e9t\" } } }")]
    [InlineData("{ \"auths\": { \"quay.io\": { \"auth\": \"czNjcmV0\" } } }")]
    [InlineData("{ \"auths\": { \"quay.io\": \"s3cret\" } }")]
    [InlineData("{ \"auths\": \"s3cret\" }")]
    [InlineData("{ s3cret ")]
    [InlineData("s3cret")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"credHelpers\": { \"quay.io\": \"../../s3cret\" } }")]
    [InlineData("{ \"credHelpers\": { \"quay.io\": 3 } }")]
    public async Task A_broken_file_is_named_and_never_quoted(string contents)
    {
        var path = _folder.Write("home/.docker/config.json", contents);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => FindAsync("quay.io/a"));
        Assert.Equal(NixErrorCodes.CredentialsUnreadable, exception.Code);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("czNj", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_named_has_to_be_there()
    {
        var store = CredentialStore.FromFile(_folder["missing.json"]);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => store.FindAsync(ImageReference.Parse("quay.io/a")));
        Assert.Equal(NixErrorCodes.CredentialsUnreadable, exception.Code);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused()
    {
        _folder.Write("home/.docker/config.json", new string(' ', (1 << 20) + 1));
        var exception = await Assert.ThrowsAsync<RegistryException>(() => FindAsync("quay.io/a"));
        Assert.Equal(NixErrorCodes.CredentialsUnreadable, exception.Code);
    }

    [Fact]
    public async Task Given_credentials_go_before_all_files()
    {
        var given = new RegistryCredentials("me", "s3cret");
        Assert.Same(given, await CredentialStore.From(given).FindAsync(ImageReference.Parse("quay.io/a")));
        Assert.Null(await CredentialStore.Anonymous.FindAsync(ImageReference.Parse("quay.io/a")));
        Assert.Equal("user 'me' from the options", given.ToString());
    }

    private static string Auths(params (string Key, string User, string Password)[] entries)
    {
        var lines = entries.Select(entry =>
            $"\"{entry.Key}\": {{ \"auth\": \"{Convert.ToBase64String(Encoding.UTF8.GetBytes($"{entry.User}:{entry.Password}"))}\" }}");
        return $"{{ \"auths\": {{ {string.Join(", ", lines)} }} }}";
    }

    private Task<RegistryCredentials?> FindAsync(string reference) => Store().FindAsync(ImageReference.Parse(reference));

    private CredentialStore Store() => new(null, null, Variable);

    private string? Variable(string name) => _environment.GetValueOrDefault(name);
}
