using NixSharp.Images.Oci;
using NixSharp.Processes;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries.Skopeo;

public sealed class SkopeoClientTests
{
    [RequiresTheory("docker-registry", "skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task An_image_is_inspected_listed_and_deleted(NixRelease release)
    {
        await using var registry = await RegistryServer.StartAsync();
        var image = new TestImage(new TestLayer(1), new TestLayer(2));
        var pushed = await image.PushAsync($"{registry.Host}/hello:1");
        var name = $"docker://{registry.Host}/hello";
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo") });

        var inspected = await skopeo.InspectAsync($"{name}:1", withTags: true);
        Assert.Equal((pushed.Digest, $"{registry.Host}/hello", "amd64", "linux"), (inspected.Digest, inspected.Name, inspected.Architecture, inspected.OperatingSystem));
        Assert.Equal(["1"], inspected.Tags);
        Assert.Equal(pushed.Layers.Select(static layer => layer.Digest), inspected.Layers.Select(static layer => layer.Digest));
        Assert.Equal(image.GetManifest().Manifest.ToArray(), (await skopeo.InspectManifestAsync($"{name}:1")).ToArray());
        Assert.Equal(image.GetManifest().ConfigDescriptor.Digest, OciDigest.Compute((await skopeo.InspectConfigAsync($"{name}:1")).Span));
        Assert.Equal(["1"], await skopeo.ListTagsAsync(name));
        Assert.Empty((await skopeo.InspectAsync($"{name}:1")).Tags);

        await skopeo.DeleteAsync($"{name}:1");
        await Assert.ThrowsAsync<NixProcessException>(() => skopeo.InspectAsync($"{name}:1"));
    }

    [RequiresTheory("docker-registry", "skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_login_is_kept_found_and_forgotten(NixRelease release)
    {
        await using var registry = await RegistryServer.StartAsync(TestUser.Htpasswd);
        using var folder = new TemporaryFolder();
        var options = new SkopeoLoginOptions { AuthFile = folder["auth.json"] };
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo") });

        Assert.Null(await skopeo.GetLoginAsync(registry.Host, options));
        await skopeo.LoginAsync(registry.Host, new RegistryCredentials(TestUser.Name, TestUser.Password), options);
        Assert.Equal(TestUser.Name, await skopeo.GetLoginAsync(registry.Host, options));
        var found = await CredentialStore.FromFile(folder["auth.json"]).FindAsync(ImageReference.Parse($"{registry.Host}/hello"));
        Assert.Equal(TestUser.Name, found?.Username);
        Assert.True(await skopeo.LogoutAsync(registry.Host, options));
        Assert.False(await skopeo.LogoutAsync(registry.Host, options));
        await skopeo.LogoutAllAsync(options);
    }

    [RequiresTheory("gpg", "skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_manifest_is_signed_and_only_its_own_signature_is_good(NixRelease release)
    {
        using var folder = new TemporaryFolder();
        var home = Directory.CreateDirectory(folder["gpg"]).FullName;
        await CommandLine.RunAsync("chmod", "700", home);
        await CommandLine.RunAsync("gpg", "--homedir", home, "--batch", "--passphrase", "", "--quick-gen-key", "tests@example.org", "rsa2048", "sign", "never");
        var keys = await CommandLine.RunAsync("gpg", "--homedir", home, "--list-keys", "--with-colons");
        var fingerprint = keys.Split('\n').First(static line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        var program = folder.Write("skopeo", $"#!/bin/sh\nGNUPGHOME='{home}' exec '{release.PathOf("skopeo")}' \"$@\"\n".Replace("'skopeo'", "skopeo", StringComparison.Ordinal));
        await CommandLine.RunAsync("chmod", "755", program);
        var manifest = folder.Write("manifest.json", "{}");
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = program });

        await skopeo.StandaloneSignAsync(manifest, "docker.io/library/hello:1", fingerprint, folder["signature"]);
        var verified = await skopeo.StandaloneVerifyAsync(manifest, "docker.io/library/hello:1", fingerprint, folder["signature"]);

        Assert.Equal(new SkopeoVerification(OciDigest.Compute("{}"u8), fingerprint), verified);
        var exception = await Assert.ThrowsAsync<NixProcessException>(() =>
            skopeo.StandaloneVerifyAsync(manifest, "docker.io/library/other:1", fingerprint, folder["signature"]));
        Assert.Equal(NixErrorCodes.SkopeoSignatureRejected, exception.Code);
        await CommandLine.TryRunAsync("gpgconf", "--homedir", home, "--kill", "all");
    }
}
