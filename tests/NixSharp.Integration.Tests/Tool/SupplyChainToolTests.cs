using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class SupplyChainToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry", "nix-store", "openssl")]
    public async Task An_image_is_described_attested_signed_and_verified()
    {
        await using var registry = await RegistryServer.StartAsync();
        var store = _folder["store"];
        var path = (await RealNix.RunAsync(store, "nix-store", "--add", _folder.Write("hello-1.0", "hello\n"))).Trim();
        var reference = $"{registry.Host}/acme/hello:1.0";
        await NixSharpProgram.RunAsync("image", "push", path, reference, "--store", store, "--quiet");

        var bill = JObject.Parse(await NixSharpProgram.RunAsync("image", "sbom", path, "--store", store));
        Assert.Equal(("hello", "1.0"), ((string?)bill["metadata"]!["component"]!["name"], (string?)bill["metadata"]!["component"]!["version"]));
        await NixSharpProgram.RunAsync("image", "sbom", path, "--store", store, "--format", "spdx", "-o", _folder["bill.json"], "--created", "2026-01-02T03:04:05Z");
        Assert.Equal("2026-01-02T03:04:05Z", (string?)Json(await File.ReadAllTextAsync(_folder["bill.json"]))["creationInfo"]!["created"]);

        await NixSharpProgram.RunAsync("image", "generate-key", "-o", _folder["cosign"]);
        var (key, publicKey) = (_folder["cosign.key"], _folder["cosign.pub"]);
        var unsigned = await NixSharpProgram.TryRunAsync("image", "verify", reference, "--key", publicKey);
        Assert.Equal(1, unsigned.ExitCode);
        Assert.Contains("NIXS4171", unsigned.Error, StringComparison.Ordinal);

        await NixSharpProgram.RunAsync("image", "sbom", path, "--store", store, "--attach", reference, "--key", key);
        await NixSharpProgram.RunAsync("image", "provenance", path, "--store", store, "--image", reference, "--attach", "--builder-id", "https://ci.example.org", "--parameter", "commit=abc");
        await NixSharpProgram.RunAsync("image", "sign", reference, "--key", key);
        await NixSharpProgram.RunAsync("image", "sign", reference, "--key", key, "--predicate", _folder["bill.json"], "--type", "spdx");

        Assert.Contains("1 signature", await NixSharpProgram.RunAsync("image", "verify", reference, "--key", publicKey), StringComparison.Ordinal);
        Assert.Contains("https://cyclonedx.org/bom", await NixSharpProgram.RunAsync("image", "verify", reference, "--key", publicKey, "--type", "cyclonedx"), StringComparison.Ordinal);
        var attestations = JArray.Parse(await NixSharpProgram.RunAsync("image", "verify", reference, "--key", publicKey, "--attestations", "--json"));
        Assert.Equal(["https://cyclonedx.org/bom", "https://spdx.dev/Document"], attestations.Select(static attestation => (string)attestation["predicateType"]!));

        Assert.Equal(2, (await NixSharpProgram.RunAsync("image", "referrers", reference)).Trim().Split('\n').Length);
        var statement = Json(await NixSharpProgram.RunAsync("image", "referrers", reference, "--artifact-type", "application/vnd.in-toto+json", "--fetch"));
        Assert.Equal("abc", (string?)statement["predicate"]!["buildDefinition"]!["externalParameters"]!["commit"]);
        Assert.Equal(path, (string?)statement["predicate"]!["buildDefinition"]!["externalParameters"]!["storePaths"]![0]);
    }

    [Fact]
    public async Task An_encrypted_key_needs_its_password_from_the_environment()
    {
        var environment = new CommandLineOptions { Environment = new Dictionary<string, string> { ["COSIGN_PASSWORD"] = "secret word" } };
        var made = await CommandLine.TryRunAsync(environment, "dotnet", NixSharpProgram.Assembly, "image", "generate-key", "-o", _folder["k"]);
        Assert.Equal(0, made.ExitCode);
        Assert.StartsWith("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----", await File.ReadAllTextAsync(_folder["k.key"]), StringComparison.Ordinal);
        var result = await NixSharpProgram.TryRunAsync("image", "sign", "127.0.0.1:1/x:1", "--key", _folder["k.key"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NIXS4170", result.Error, StringComparison.Ordinal);
        Assert.Contains("COSIGN_PASSWORD", result.Error, StringComparison.Ordinal);
    }

    private static JObject Json(string text) => (JObject)NixSharp.Json.JsonText.Parse(text);
}
