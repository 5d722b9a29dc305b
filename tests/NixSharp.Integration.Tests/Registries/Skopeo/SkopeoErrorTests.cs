using NixSharp.Processes;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries.Skopeo;

public sealed class SkopeoErrorTests
{
    [RequiresTheory("docker-registry", "skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Reasons_are_told_apart(NixRelease release)
    {
        await using var registry = await RegistryServer.StartAsync(TestUser.Htpasswd);
        using var folder = new TemporaryFolder();
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = TestUser.Credentials });
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo"), Credentials = TestUser.Credentials });
        var stranger = new SkopeoEndpoint { Credentials = CredentialStore.From(new RegistryCredentials(TestUser.Name, "wr0ng")) };
        var nobody = new SkopeoEndpoint { Credentials = CredentialStore.Anonymous };
        var strict = new SkopeoEndpoint { VerifyTls = true };

        await FailsAsync(NixErrorCodes.RegistryAccessDenied, () => skopeo.InspectAsync($"docker://{registry.Host}/hello:1", stranger));
        await FailsAsync(NixErrorCodes.RegistryAccessDenied, () => skopeo.ListTagsAsync($"docker://{registry.Host}/hello", nobody));
        await FailsAsync(NixErrorCodes.RegistryAccessDenied, () => skopeo.LoginAsync(registry.Host, new RegistryCredentials(TestUser.Name, "wr0ng"), new SkopeoLoginOptions { AuthFile = folder["auth.json"] }));
        await FailsAsync(NixErrorCodes.RegistryNotFound, () => skopeo.InspectAsync($"docker://{registry.Host}/hello:2"));
        await FailsAsync(NixErrorCodes.RegistryNotFound, () => skopeo.ListTagsAsync($"docker://{registry.Host}/nothing"));
        await FailsAsync(NixErrorCodes.RegistryNotFound, () => skopeo.DeleteAsync($"docker://{registry.Host}/hello:2"));
        await FailsAsync(NixErrorCodes.SkopeoTlsFailed, () => skopeo.InspectAsync($"docker://{registry.Host}/hello:1", strict));
        await FailsAsync(NixErrorCodes.RegistryUnreachable, () => skopeo.InspectAsync("docker://127.0.0.1:1/hello:1"));
        await FailsAsync(NixErrorCodes.RegistryUnreachable, () => skopeo.InspectAsync("docker-daemon:hello:1", new SkopeoEndpoint { DaemonHost = $"unix://{folder["nothing.sock"]}" }));
        await FailsAsync(NixErrorCodes.ImageNotFound, () => skopeo.CopyAsync($"oci:{folder["nothing"]}:1", $"dir:{folder["dir"]}"));
        await FailsAsync(NixErrorCodes.ImageNotFound, () => skopeo.InspectAsync($"docker-archive:{folder["nothing"]}"));
        await FailsAsync(NixErrorCodes.SkopeoFailed, () => skopeo.InspectAsync("nothing:/knows/this"));
    }

    [RequiresTheory("docker-registry", "skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_certificate_is_trusted_with_its_authority_only(NixRelease release)
    {
        using var folder = new TemporaryFolder();
        using var authority = new TestAuthority();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = authority });
        var endpoint = new SkopeoEndpoint { CertificateFolder = authority.WriteFolder(folder["certs"]) };
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", new PushOptions { CertificateFolder = folder["certs"] });
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo") });
        await FailsAsync(NixErrorCodes.SkopeoTlsFailed, () => skopeo.InspectAsync($"docker://{registry.Host}/hello:1", new SkopeoEndpoint { VerifyTls = true }));
        Assert.Equal(["1"], await skopeo.ListTagsAsync($"docker://{registry.Host}/hello", endpoint));
    }

    [RequiresTheory("sh")]
    [InlineData("trying to reuse blob at destination: toomanyrequests: You have reached your pull rate limit.", NixErrorCodes.SkopeoRateLimited)]
    [InlineData("reading manifest 1 in quay.io/x: received unexpected HTTP status: 429 Too Many Requests", NixErrorCodes.SkopeoRateLimited)]
    [InlineData("pinging container registry quay.io: Get \\\"https://quay.io/v2/\\\": x509: certificate signed by unknown authority", NixErrorCodes.SkopeoTlsFailed)]
    [InlineData("pinging container registry quay.io: received unexpected HTTP status: 503 Service Unavailable", NixErrorCodes.RegistryUnreachable)]
    [InlineData("pinging container registry quay.io: Get \\\"https://quay.io/v2/\\\": dial tcp 192.0.2.1:443: i/o timeout", NixErrorCodes.RegistryUnreachable)]
    [InlineData("writing blob: uploading layer: denied: requested access to the resource is denied", NixErrorCodes.RegistryAccessDenied)]
    [InlineData("reading manifest 1 in quay.io/acme/unauthorized-certificate: manifest unknown", NixErrorCodes.RegistryNotFound)]
    [InlineData("open /etc/containers/policy.json: no such file or directory", NixErrorCodes.SkopeoFailed)]
    public async Task What_no_server_of_a_test_says_is_told_apart_too(string said, string code)
    {
        using var folder = new TemporaryFolder();
        var program = await ScriptAsync(folder, $"echo 'time=\"2026\" level=fatal msg=\"{said}\"' >&2; exit 1");
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = program, MaxAttempts = 1 });
        await FailsAsync(code, () => skopeo.InspectAsync("dir:/x"));
    }

    [RequiresFact("sh")]
    public async Task What_passes_is_tried_again_and_what_stays_is_not()
    {
        using var folder = new TemporaryFolder();
        var program = await ScriptAsync(
            folder,
            $$"""
            echo run >>'{{folder["runs"]}}'
            [ "$(wc -l <'{{folder["runs"]}}')" -lt 3 ] || { echo '{"Repository":"x","Tags":["1"]}'; exit 0; }
            echo 'level=fatal msg="fetching tags list: received unexpected HTTP status: 503 Service Unavailable"' >&2
            exit 1
            """);
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = program, MaxAttempts = 3, RetryDelay = TimeSpan.FromMilliseconds(1) });
        Assert.Equal(["1"], await skopeo.ListTagsAsync("docker-archive:/x"));
        Assert.Equal(3, File.ReadAllLines(folder["runs"]).Length);

        var denied = await ScriptAsync(folder, $"echo run >>'{folder["denied"]}'; echo 'level=fatal msg=\"unauthorized: authentication required\"' >&2; exit 1");
        await FailsAsync(NixErrorCodes.RegistryAccessDenied, () => new SkopeoClient(new SkopeoOptions { Program = denied }).ListTagsAsync("docker-archive:/x"));
        Assert.Single(File.ReadAllLines(folder["denied"]));
    }

    [RequiresFact("sh")]
    public async Task Credentials_are_in_a_private_file_that_is_gone_in_the_end_and_never_in_arguments()
    {
        using var folder = new TemporaryFolder();
        var program = await ScriptAsync(
            folder,
            $"echo \"$@\" >'{folder["arguments"]}'\nwhile [ \"$1\" != --dest-authfile ]; do shift; done\nstat -c '%a %n' \"$2\" >'{folder["mode"]}'\ncp \"$2\" '{folder["copy"]}'\nexit 1\n");
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = program, Credentials = TestUser.Credentials });
        await Assert.ThrowsAsync<NixProcessException>(() => skopeo.CopyAsync("dir:/x", "docker://quay.io/acme/hello"));
        var mode = File.ReadAllText(folder["mode"]).Trim().Split(' ');
        Assert.Equal("600", mode[0]);
        Assert.False(File.Exists(mode[1]));
        Assert.Contains("quay.io", File.ReadAllText(folder["copy"]), StringComparison.Ordinal);
        Assert.DoesNotContain(TestUser.Password, File.ReadAllText(folder["arguments"]), StringComparison.Ordinal);
        Assert.DoesNotContain("tls-verify", File.ReadAllText(folder["arguments"]), StringComparison.Ordinal);
    }

    [RequiresFact("sh")]
    public async Task A_cancelled_run_ends_with_its_program_and_leaves_no_credentials()
    {
        using var folder = new TemporaryFolder();
        var program = await ScriptAsync(
            folder,
            $"while [ \"$1\" != --dest-authfile ]; do shift; done\necho $$ \"$2\" >'{folder["made"]}'\nmv '{folder["made"]}' '{folder["running"]}'\nexec sleep 1000\n");
        using var cancellation = new CancellationTokenSource();
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = program, Credentials = TestUser.Credentials });
        var copying = skopeo.CopyAsync("dir:/x", "docker://quay.io/acme/hello", cancellationToken: cancellation.Token);
        while (!File.Exists(folder["running"]) && !copying.IsCompleted)
        {
            await Task.Delay(20);
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        var running = File.ReadAllText(folder["running"]).Trim().Split(' ');
        Assert.False(Directory.Exists($"/proc/{running[0]}"));
        Assert.False(File.Exists(running[1]));
    }

    [Fact]
    public async Task Without_skopeo_the_error_says_how_to_get_it()
    {
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = "no-such-skopeo" });
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => skopeo.InspectAsync("dir:/x"));
        Assert.Equal(NixErrorCodes.ProgramNotFound, exception.Code);
        Assert.Contains("apt install skopeo", exception.Message, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(string code, Func<Task> run)
    {
        var exception = await Assert.ThrowsAsync<NixProcessException>(run);
        Assert.True(code == exception.Code, $"{exception.Code} instead of {code}: {exception.Message}");
        Assert.DoesNotContain("wr0ng", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(TestUser.Password, exception.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> ScriptAsync(TemporaryFolder folder, string script)
    {
        var program = folder.Write($"skopeo-{Guid.NewGuid():N}", $"#!/bin/sh\n{script}\n");
        await CommandLine.RunAsync("chmod", "755", program);
        return program;
    }
}
