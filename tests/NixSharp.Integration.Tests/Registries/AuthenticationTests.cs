using System.Text;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class AuthenticationTests : IDisposable
{
    internal const string Password = "secret-pw";

    // The bcrypt hash of the password above.
    internal const string Htpasswd = "alice:$2y$05$abcdefghijklmnopqrstuutaz/SHXsrvqy/ChnunBIcMuq4PCR.gG\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry", "skopeo")]
    public async Task The_right_credentials_from_a_file_push_and_inspect()
    {
        await using var registry = await RegistryServer.StartAsync(Htpasswd);
        var authFile = AuthFile(registry.Host, Password);
        var image = new TestImage(new TestLayer(1), new TestLayer(2));
        var options = new PushOptions { Credentials = CredentialStore.FromFile(authFile) };
        var result = await image.PushAsync($"{registry.Host}/hello:1", options);

        var skopeo = new SkopeoClient(new SkopeoOptions { Credentials = CredentialStore.FromFile(authFile) });
        Assert.Equal(result.Digest, (await skopeo.InspectAsync($"docker://{registry.Host}/hello:1")).Digest);
        Assert.True((await image.PushAsync($"{registry.Host}/hello:1", options)).Unchanged);
        using var client = new RegistryClient(result.Reference, options);
        await client.PingAsync();
    }

    [RequiresFact("docker-registry")]
    public async Task Wrong_credentials_are_refused_with_their_source_and_nothing_is_written()
    {
        await using var registry = await RegistryServer.StartAsync(Htpasswd);
        var authFile = AuthFile(registry.Host, "wr0ng");
        var layer = new TestLayer(1);
        var exception = await Assert.ThrowsAsync<RegistryException>(() =>
            new TestImage(layer).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = CredentialStore.FromFile(authFile) }));
        Assert.Equal(NixErrorCodes.RegistryAccessDenied, exception.Code);
        Assert.Equal(401, (int?)exception.Status);
        Assert.Contains(authFile, exception.Message, StringComparison.Ordinal);
        Assert.Contains("UNAUTHORIZED", exception.Errors.Select(error => error.Code));
        Assert.DoesNotContain("wr0ng", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Encoded("wr0ng"), exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, layer.TimesWritten);
        await AssertEmptyAsync(registry);
    }

    [RequiresFact("docker-registry")]
    public async Task Missing_credentials_are_refused_and_nothing_is_written()
    {
        await using var registry = await RegistryServer.StartAsync(Htpasswd);
        var layer = new TestLayer(1, isKnown: true);
        var authFile = AuthFile("quay.io", Password);
        var exception = await Assert.ThrowsAsync<RegistryException>(() =>
            new TestImage(layer).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = CredentialStore.FromFile(authFile) }));
        Assert.Equal(NixErrorCodes.RegistryAccessDenied, exception.Code);
        Assert.Contains($"No credentials for {registry.Host} were found in {authFile}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, layer.TimesWritten);
        await AssertEmptyAsync(registry);
    }

    [RequiresFact("docker-registry", "sh")]
    public async Task A_credential_helper_is_asked_on_standard_input()
    {
        await using var registry = await RegistryServer.StartAsync(Htpasswd);
        var asked = _folder["asked"];
        await HelperAsync("nixsharp-test", $"[ \"$1\" = get ] && cat >'{asked}' && echo '{{\"Username\":\"alice\",\"Secret\":\"{Password}\"}}'");
        var store = CredentialStore.FromFile(_folder.Write("config.json", $$"""{ "credHelpers": { "{{registry.Host}}": "nixsharp-test" } }"""));
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = store });
        Assert.Equal(registry.Host, File.ReadAllText(asked));
    }

    [RequiresFact("sh")]
    public async Task A_helper_for_all_registries_comes_last_and_may_know_nothing()
    {
        await HelperAsync("nixsharp-none", "cat >/dev/null; echo 'credentials not found in native keychain'; exit 1");
        await HelperAsync("nixsharp-token", "cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}'");
        var none = CredentialStore.FromFile(_folder.Write("none.json", """{ "credsStore": "nixsharp-none", "auths": { "quay.io": { "auth": "dTpw" } } }"""));
        Assert.Equal("u", (await none.FindAsync(ImageReference.Parse("quay.io/a")))?.Username);
        Assert.Null(await none.FindAsync(ImageReference.Parse("ghcr.io/a")));
        var token = CredentialStore.FromFile(_folder.Write("token.json", """{ "credsStore": "nixsharp-token", "auths": { "quay.io": {} } }"""));
        Assert.StartsWith("identity token from docker-credential-nixsharp-token", (await token.FindAsync(ImageReference.Parse("quay.io/a")))?.ToString(), StringComparison.Ordinal);
    }

    [RequiresFact("sh")]
    public async Task A_helper_that_fails_is_named_and_what_it_says_is_not_shown()
    {
        await HelperAsync("nixsharp-broken", "cat >/dev/null; echo '{ s3cret'");
        await HelperAsync("nixsharp-failing", "cat >/dev/null; echo s3cret; exit 3");
        foreach (var helper in new[] { "nixsharp-broken", "nixsharp-failing", "nixsharp-missing" })
        {
            var store = CredentialStore.FromFile(_folder.Write("config.json", $$"""{ "credsStore": "{{helper}}" }"""));
            var exception = await Assert.ThrowsAsync<RegistryException>(() => store.FindAsync(ImageReference.Parse("quay.io/a")));
            Assert.Equal(NixErrorCodes.CredentialHelperFailed, exception.Code);
            Assert.Contains($"docker-credential-{helper}", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", exception.ToString(), StringComparison.Ordinal);
        }
    }

    [RequiresFact("docker-registry")]
    public async Task Credentials_are_not_looked_for_where_none_are_wanted()
    {
        await using var registry = await RegistryServer.StartAsync();
        var store = CredentialStore.FromFile(_folder.Write("broken.json", "{ broken"));
        var result = await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = store });
        Assert.Equal(BlobOutcome.Uploaded, Assert.Single(result.Layers).Outcome);
    }

    private static string Encoded(string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"alice:{password}"));

    private static async Task AssertEmptyAsync(RegistryServer registry)
    {
        using var client = new RegistryClient(
            ImageReference.Parse($"{registry.Host}/hello:1"),
            new RegistryOptions { Credentials = CredentialStore.From(new RegistryCredentials("alice", Password)) });
        Assert.Null(await client.FindManifestAsync());
        Assert.False(await client.HasBlobAsync(new TestLayer(1, isKnown: true).Descriptor!.Value.Blob.Digest));
        Assert.DoesNotContain(registry.Requests("\"PUT "), line => line.Contains(" 201 ", StringComparison.Ordinal));
    }

    private string AuthFile(string host, string password) =>
        _folder.Write("auth.json", $$"""{ "auths": { "{{host}}": { "auth": "{{Encoded(password)}}" } } }""");

    private async Task HelperAsync(string name, string script)
    {
        var path = _folder.Write($"bin/docker-credential-{name}", "#!/bin/sh\n" + script + "\n");
        await CommandLine.RunAsync("chmod", "755", path);
        var search = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!search.StartsWith(_folder["bin"], StringComparison.Ordinal))
        {
            Environment.SetEnvironmentVariable("PATH", $"{_folder["bin"]}:{search}");
        }
    }
}
