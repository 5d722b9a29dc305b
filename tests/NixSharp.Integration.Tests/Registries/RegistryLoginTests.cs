using Newtonsoft.Json.Linq;
using NixSharp.Integration.Tests.Registries.Skopeo;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class RegistryLoginTests : IDisposable
{
    private static readonly RegistryCredentials Alice = new(TestUser.Name, TestUser.Password);

    private readonly TemporaryFolder _folder = new();

    private string AuthFile => _folder["containers/auth.json"];

    private LoginOptions Options => new() { AuthFile = AuthFile };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Skopeo_reads_what_a_login_wrote_and_the_other_way_round(NixRelease release)
    {
        await using var registry = await RegistryServer.StartAsync(TestUser.Htpasswd);
        Assert.Equal(AuthFile, await RegistryLogin.LoginAsync(registry.Host, Alice, Options));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AuthFile));
        var skopeo = release.PathOf("skopeo");
        Assert.Equal("alice", (await CommandLine.RunAsync(skopeo, "login", "--authfile", AuthFile, "--get-login", registry.Host)).Trim());
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = CredentialStore.FromFile(AuthFile) });
        await CommandLine.RunAsync(skopeo, "inspect", "--authfile", AuthFile, "--tls-verify=false", $"docker://{registry.Host}/hello:1");

        var theirs = _folder["theirs.json"];
        await CommandLine.RunAsync(skopeo, "login", "--authfile", theirs, "--tls-verify=false", "-u", "alice", "-p", "secret-pw", registry.Host);
        Assert.Equal("alice", (await CredentialStore.FromFile(theirs).FindAsync(ImageReference.Parse($"{registry.Host}/hello")))?.Username);
        Assert.Equal(new LogoutResult(true, null), await RegistryLogin.LogoutAsync(registry.Host, new LoginOptions { AuthFile = theirs }));
        Assert.NotEqual(0, (await CommandLine.TryRunAsync(skopeo, "login", "--authfile", theirs, "--get-login", registry.Host)).ExitCode);
    }

    [RequiresFact("docker-registry")]
    public async Task Credentials_that_the_registry_refuses_are_not_kept()
    {
        await using var registry = await RegistryServer.StartAsync(TestUser.Htpasswd);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => RegistryLogin.LoginAsync(registry.Host, new RegistryCredentials("alice", "wr0ng"), Options));
        Assert.Equal(NixErrorCodes.RegistryAccessDenied, exception.Code);
        Assert.DoesNotContain("wr0ng", exception.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(AuthFile));
    }

    [RequiresFact("docker-registry")]
    public async Task A_token_server_checks_the_credentials_of_a_login()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        await RegistryLogin.LoginAsync(registry.Host, new RegistryCredentials(tokens.User, tokens.Password), Options);
        await RegistryLogin.LoginAsync($"{registry.Host}/acme", RegistryCredentials.FromIdentityToken(tokens.IdentityToken), Options);
        var store = CredentialStore.FromFile(AuthFile);
        Assert.Equal(tokens.User, (await store.FindAsync(ImageReference.Parse($"{registry.Host}/other/hello")))?.Username);
        Assert.StartsWith("identity token", (await store.FindAsync(ImageReference.Parse($"{registry.Host}/acme/hello")))!.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<RegistryException>(() => RegistryLogin.LoginAsync(registry.Host, new RegistryCredentials("alice", "wr0ng"), Options));
    }

    [Fact]
    public async Task All_else_in_the_file_stays_as_it_is()
    {
        await using var registry = new FakeRegistry();
        _folder.Write("containers/auth.json", """{ "auths": { "quay.io": { "auth": "dTpw", "email": "a@b" } }, "HttpHeaders": { "x": "2020-01-01T00:00:00Z" } }""");
        await RegistryLogin.LoginAsync(registry.Host, Alice, Options);
        await RegistryLogin.LoginAsync($"{registry.Host}/acme", Alice, Options);
        Assert.Equal(new LogoutResult(true, AuthFile), await RegistryLogin.LogoutAsync($"{registry.Host}/acme", Options));
        Assert.Equal(new LogoutResult(true, null), await RegistryLogin.LogoutAsync(registry.Host, Options));
        Assert.Equal(new LogoutResult(false, null), await RegistryLogin.LogoutAsync(registry.Host, Options));
        Assert.Equal(
            """{"auths":{"quay.io":{"auth":"dTpw","email":"a@b"}},"HttpHeaders":{"x":"2020-01-01T00:00:00Z"}}""",
            JObject.Load(new Newtonsoft.Json.JsonTextReader(new StringReader(File.ReadAllText(AuthFile))) { DateParseHandling = Newtonsoft.Json.DateParseHandling.None }).ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(["auth.json"], Directory.EnumerateFileSystemEntries(_folder["containers"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Logins_at_the_same_time_are_all_kept()
    {
        var registries = Enumerable.Range(0, 8).Select(_ => new FakeRegistry()).ToList();
        await Task.WhenAll(registries.Select(registry => RegistryLogin.LoginAsync(registry.Host, Alice, Options)));
        foreach (var registry in registries)
        {
            Assert.NotNull(await CredentialStore.FromFile(AuthFile).FindAsync(ImageReference.Parse($"{registry.Host}/a")));
            await registry.DisposeAsync();
        }
    }

    [RequiresFact("sh")]
    public async Task A_helper_that_the_file_names_keeps_the_credentials()
    {
        await using var registry = new FakeRegistry();
        var kept = await WriteHelperAsync();
        _folder.Write("containers/auth.json", """{ "credsStore": "nixsharp-keep" }""");

        Assert.Equal("docker-credential-nixsharp-keep", await RegistryLogin.LoginAsync(registry.Host, Alice, Options));
        Assert.DoesNotContain("auths", File.ReadAllText(AuthFile), StringComparison.Ordinal);
        Assert.Equal("alice", (await CredentialStore.FromFile(AuthFile).FindAsync(ImageReference.Parse($"{registry.Host}/a")))?.Username);
        Assert.Equal(new LogoutResult(true, null), await RegistryLogin.LogoutAsync(registry.Host, Options));
        Assert.False(File.Exists(kept));
    }

    [RequiresFact("sh")]
    public async Task A_helper_that_registries_conf_names_is_asked_where_the_files_know_nothing()
    {
        File.WriteAllText(await WriteHelperAsync(), """{ "Username": "bob", "Secret": "s3cret" }""");
        var variables = new Dictionary<string, string>
        {
            ["CONTAINERS_REGISTRIES_CONF"] = _folder.Write("registries.conf", "credential-helpers = [\"containers-auth.json\", \"nixsharp-keep\"]\n"),
            ["XDG_RUNTIME_DIR"] = _folder.Path,
            ["HOME"] = _folder["home"],
        };
        _folder.Write("containers/auth.json", """{ "auths": { "quay.io": { "auth": "dTpw" } } }""");
        var store = new CredentialStore(null, null, variables.GetValueOrDefault);
        Assert.Equal("u", (await store.FindAsync(ImageReference.Parse("quay.io/a")))?.Username);
        Assert.Equal("bob", (await store.FindAsync(ImageReference.Parse("ghcr.io/a")))?.Username);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named()
    {
        await using var registry = new FakeRegistry();
        _folder.Write("file", "");
        var exception = await Assert.ThrowsAsync<RegistryException>(() => RegistryLogin.LoginAsync(registry.Host, Alice, new LoginOptions { AuthFile = _folder["file/auth.json"] }));
        Assert.Equal(NixErrorCodes.CredentialsNotStored, exception.Code);
        Assert.Contains(_folder["file/auth.json"], exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes a helper that keeps one pair of credentials in the file whose path is returned.</summary>
    private async Task<string> WriteHelperAsync()
    {
        var kept = _folder["kept"];
        var program = _folder.Write("bin/docker-credential-nixsharp-keep", $$"""
            #!/bin/sh
            case "$1" in
            store) cat >'{{kept}}' ;;
            erase) rm -f '{{kept}}' ;;
            get) cat >/dev/null; cat '{{kept}}' 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
            esac
            """);
        await CommandLine.RunAsync("chmod", "755", program);
        Environment.SetEnvironmentVariable("PATH", $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}");
        return kept;
    }
}
