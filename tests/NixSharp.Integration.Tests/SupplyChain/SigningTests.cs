using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.SupplyChain;
using NixSharp.SupplyChain.Signing;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.SupplyChain;

public sealed class SigningTests : IDisposable
{
    private const string Annotation = "dev.cosignproject.cosign/signature";

    private readonly TemporaryFolder _folder = new();
    private readonly CosignKey _key = CosignKey.Generate();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [RequiresFact("docker-registry", "skopeo", "openssl")]
    public async Task A_signature_is_where_cosign_looks_and_openssl_verifies_it()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var image = await PushedImage.CreateAsync(registry.Host);
        var signer = new CosignSigner(image.Client, _key);
        Assert.True(await signer.SignAsync(image.Subject));
        Assert.False(await signer.SignAsync(image.Subject));
        Assert.True(await signer.SignAsync(image.Subject, new Dictionary<string, string> { ["env"] = "prod" }));

        var target = _folder["sig"];
        await CommandLine.RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{image.Subject.Name}:sha256-{image.Subject.Digest.Hex}.sig", $"dir:{target}");
        var layers = JObject.Parse(await File.ReadAllTextAsync(Path.Combine(target, "manifest.json")))["layers"]!;
        Assert.Equal(2, layers.Count());
        using var publicKey = _key.ToPublicKey();
        var keyFile = _folder.Write("cosign.pub", publicKey.Export());
        foreach (var layer in layers)
        {
            Assert.Equal("application/vnd.dev.cosign.simplesigning.v1+json", (string?)layer["mediaType"]);
            await File.WriteAllBytesAsync(_folder["signature"], Convert.FromBase64String((string)layer["annotations"]![Annotation]!));
            var payload = Path.Combine(target, ((string)layer["digest"]!)["sha256:".Length..]);
            Assert.Contains("Verified OK", await CommandLine.RunAsync("openssl", "dgst", "-sha256", "-verify", keyFile, "-signature", _folder["signature"], payload), StringComparison.Ordinal);
            Assert.Equal(image.Subject.Digest.ToString(), (string?)JObject.Parse(await File.ReadAllTextAsync(payload))["critical"]!["image"]!["docker-manifest-digest"]);
        }

        var verifier = new CosignVerifier(image.Client, publicKey);
        Assert.Equal(2, (await verifier.VerifyAsync(image.Subject)).Count);
        var claimed = Assert.Single(await verifier.VerifyAsync(image.Subject, new Dictionary<string, string> { ["env"] = "prod" }));
        Assert.Equal(image.Subject, claimed.Image);
        Assert.Equal(NixErrorCodes.SignatureMismatch, (await Assert.ThrowsAsync<SupplyChainException>(() => verifier.VerifyAsync(image.Subject, new Dictionary<string, string> { ["env"] = "test" }))).Code);
    }

    [RequiresFact("docker-registry", "openssl")]
    public async Task A_signature_that_openssl_made_is_verified()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var image = await PushedImage.CreateAsync(registry.Host);
        await CommandLine.RunAsync("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", _folder["key"]);
        await CommandLine.RunAsync("openssl", "pkey", "-in", _folder["key"], "-pubout", "-out", _folder["pub"]);
        var payload = _folder.Write("payload", $$$"""{"critical":{"identity":{"docker-reference":"x"},"image":{"docker-manifest-digest":"{{{image.Subject.Digest}}}"},"type":"cosign container image signature"},"optional":{"a":"b"}}""");
        await CommandLine.RunAsync("openssl", "dgst", "-sha256", "-sign", _folder["key"], "-out", _folder["signature"], payload);
        await PutSignatureAsync(image, await File.ReadAllBytesAsync(payload), Convert.ToBase64String(await File.ReadAllBytesAsync(_folder["signature"])));

        using var publicKey = await CosignPublicKey.ReadAsync(_folder["pub"]);
        var signature = Assert.Single(await new CosignVerifier(image.Client, publicKey).VerifyAsync(image.Subject));
        Assert.Equal(("x", "b"), (signature.Image.Name, signature.Claims["a"]));

        // A second signer is added to the first one's signature, and both are verified.
        Assert.True(await new CosignSigner(image.Client, _key).SignAsync(image.Subject));
        using var ours = _key.ToPublicKey();
        Assert.Single(await new CosignVerifier(image.Client, publicKey).VerifyAsync(image.Subject));
        Assert.Single(await new CosignVerifier(image.Client, ours).VerifyAsync(image.Subject));
    }

    [RequiresFact("docker-registry")]
    public async Task What_is_not_signed_by_the_key_for_the_image_is_refused()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var image = await PushedImage.CreateAsync(registry.Host);
        using var publicKey = _key.ToPublicKey();
        var verifier = new CosignVerifier(image.Client, publicKey);
        Assert.Equal(NixErrorCodes.NotSigned, (await Assert.ThrowsAsync<SupplyChainException>(() => verifier.VerifyAsync(image.Subject))).Code);
        Assert.Equal(NixErrorCodes.NotSigned, (await Assert.ThrowsAsync<SupplyChainException>(() => verifier.VerifyAttestationsAsync(image.Subject))).Code);

        using var stranger = CosignKey.Generate();
        await new CosignSigner(image.Client, stranger).SignAsync(image.Subject);
        Assert.Equal(NixErrorCodes.SignatureMismatch, (await Assert.ThrowsAsync<SupplyChainException>(() => verifier.VerifyAsync(image.Subject))).Code);

        // The right key, about another image: somebody moved the signature.
        var payload = SimpleSigning.Write(new ImageSubject("x", OciDigest.Compute("another"u8)), new Dictionary<string, string>());
        foreach (var signature in (string[])[Convert.ToBase64String(_key.Sign(payload)), "no base 64", ""])
        {
            await PutSignatureAsync(image, payload, signature);
            await Assert.ThrowsAsync<SupplyChainException>(() => verifier.VerifyAsync(image.Subject));
        }
    }

    [RequiresFact("docker-registry", "openssl")]
    public async Task Attestations_are_found_by_type_and_are_only_the_keys()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var image = await PushedImage.CreateAsync(registry.Host);
        using var stranger = CosignKey.Generate();
        var statement = InToto.Statement("https://example.org/one", image.Subject, new JObject { ["n"] = 1 });
        Assert.True(await new CosignSigner(image.Client, _key).AttestAsync(statement, image.Subject));
        Assert.False(await new CosignSigner(image.Client, _key).AttestAsync(statement, image.Subject));
        await new CosignSigner(image.Client, _key).AttestAsync(InToto.Statement("https://example.org/two", image.Subject, []), image.Subject);
        await new CosignSigner(image.Client, stranger).AttestAsync(InToto.Statement("https://example.org/three", image.Subject, []), image.Subject);

        using var publicKey = _key.ToPublicKey();
        var verifier = new CosignVerifier(image.Client, publicKey);
        Assert.Equal(["https://example.org/one", "https://example.org/two"], (await verifier.VerifyAttestationsAsync(image.Subject)).Select(static attestation => attestation.PredicateType));
        Assert.Equal(1, (int?)Assert.Single(await verifier.VerifyAttestationsAsync(image.Subject, "https://example.org/one")).Predicate!["n"]);
        Assert.Equal(NixErrorCodes.SignatureMismatch, (await Assert.ThrowsAsync<SupplyChainException>(() => verifier.VerifyAttestationsAsync(image.Subject, "https://example.org/three"))).Code);
        Assert.Equal(NixErrorCodes.NotSigned, (await Assert.ThrowsAsync<SupplyChainException>(() => verifier.VerifyAttestationsAsync(image.Subject, "https://example.org/four"))).Code);

        var other = image.Subject with { Digest = OciDigest.Compute("another"u8) };
        Assert.Equal(NixErrorCodes.InvalidPredicate, (await Assert.ThrowsAsync<SupplyChainException>(() => new CosignSigner(image.Client, _key).AttestAsync(statement, other))).Code);
    }

    private static async Task PutSignatureAsync(PushedImage image, byte[] payload, string signature)
    {
        var blob = new OciDescriptor("application/vnd.dev.cosign.simplesigning.v1+json", OciDigest.Compute(payload), payload.Length);
        var config = new OciDescriptor(OciMediaTypes.Config, OciDigest.Compute("{}"u8), 2);
        await image.Client.UploadBlobAsync(blob, payload);
        await image.Client.UploadBlobAsync(config, "{}"u8.ToArray());
        var manifest = Encoding.UTF8.GetBytes($$$"""
            {"schemaVersion":2,"mediaType":"{{{OciMediaTypes.Manifest}}}","config":{"mediaType":"{{{OciMediaTypes.Config}}}","size":2,"digest":"{{{config.Digest}}}"},
             "layers":[{"mediaType":"{{{blob.MediaType}}}","size":{{{blob.Size}}},"digest":"{{{blob.Digest}}}","annotations":{"{{{Annotation}}}":"{{{signature}}}"}}]}
            """);
        await image.Client.PutManifestAsync(new RegistryManifest(new OciDescriptor(OciMediaTypes.Manifest, OciDigest.Compute(manifest), manifest.Length), manifest), $"sha256-{image.Subject.Digest.Hex}.sig");
    }
}
