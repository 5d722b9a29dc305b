using NixSharp.Processes;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class SkopeoClientTests
{
    private const string Htpasswd = "alice:$2y$05$abcdefghijklmnopqrstuutaz/SHXsrvqy/ChnunBIcMuq4PCR.gG\n";
    private static readonly CredentialStore Alice = CredentialStore.From(new RegistryCredentials("alice", "secret-pw"));

    [RequiresFact("docker-registry", "skopeo")]
    public async Task An_image_goes_from_a_registry_to_a_layout_and_back()
    {
        await using var registry = await RegistryServer.StartAsync(Htpasswd);
        using var folder = new TemporaryFolder();
        var pushed = await new TestImage(new TestLayer(1), new TestLayer(2)).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = Alice });
        var log = new Lines();
        var skopeo = new SkopeoClient(new SkopeoOptions { Credentials = Alice, Log = log });
        Assert.Equal(pushed.Digest, await skopeo.CopyAsync($"docker://{registry.Host}/hello:1", $"oci:{folder["layout"]}:1"));
        Assert.Equal(pushed.Digest, await skopeo.CopyAsync($"oci:{folder["layout"]}:1", $"docker://{registry.Host}/copy:1"));
        var inspected = await skopeo.InspectAsync($"docker://{registry.Host}/copy:1");
        Assert.Equal(pushed.Digest.ToString(), (string?)inspected["Digest"]);
        Assert.NotEmpty(log.All);
        Assert.DoesNotContain(log.All, line => line.Contains("secret-pw", StringComparison.Ordinal));
    }

    [RequiresFact("docker-registry", "skopeo")]
    public async Task A_failure_has_the_end_of_what_skopeo_said_and_a_hint()
    {
        await using var registry = await RegistryServer.StartAsync(Htpasswd);
        var skopeo = new SkopeoClient(new SkopeoOptions { Credentials = CredentialStore.From(new RegistryCredentials("alice", "wr0ng")) });
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => skopeo.InspectAsync($"docker://{registry.Host}/hello:1"));
        Assert.Equal(NixErrorCodes.SkopeoFailed, exception.Code);
        Assert.Contains("skopeo login", exception.Message, StringComparison.Ordinal);
        Assert.NotEmpty(exception.ErrorTail);
        Assert.DoesNotContain("wr0ng", exception.ToString(), StringComparison.Ordinal);
    }

    [RequiresFact("sh")]
    public async Task Credentials_are_in_a_private_file_that_is_gone_in_the_end_and_never_in_arguments()
    {
        using var folder = new TemporaryFolder();
        var program = folder.Write("skopeo", $"#!/bin/sh\necho \"$@\" >'{folder["arguments"]}'\nwhile [ \"$1\" != --dest-authfile ]; do shift; done\nstat -c '%a %n' \"$2\" >'{folder["mode"]}'\ncp \"$2\" '{folder["copy"]}'\nexit 1\n");
        await CommandLine.RunAsync("chmod", "755", program);
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = program, Credentials = Alice });
        await Assert.ThrowsAsync<NixProcessException>(() => skopeo.CopyAsync("dir:/x", "docker://quay.io/acme/hello"));
        var mode = File.ReadAllText(folder["mode"]).Trim().Split(' ');
        Assert.Equal("600", mode[0]);
        Assert.False(File.Exists(mode[1]));
        Assert.Contains("quay.io", File.ReadAllText(folder["copy"]), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-pw", File.ReadAllText(folder["arguments"]), StringComparison.Ordinal);
        Assert.DoesNotContain("tls-verify", File.ReadAllText(folder["arguments"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_skopeo_the_error_says_how_to_get_it()
    {
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = "no-such-skopeo" });
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => skopeo.InspectAsync("dir:/x"));
        Assert.Equal(NixErrorCodes.ProgramNotFound, exception.Code);
        Assert.Contains("apt install skopeo", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Lines : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }
}
