using NixSharp.Images;
using NixSharp.Registries;

namespace NixSharp.SupplyChain.Signing;

/// <summary>Verifies what was signed with a local key, by <see cref="CosignSigner"/> or by cosign.</summary>
public sealed class CosignVerifier
{
    private readonly RegistryClient _client;
    private readonly CosignPublicKey _key;

    /// <summary>Verifies in the repository of <paramref name="client"/>; client and key stay the caller's.</summary>
    public CosignVerifier(RegistryClient client, CosignPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(key);
        _client = client;
        _key = key;
    }

    /// <summary>The signatures of an image that are the key's: one at least.</summary>
    /// <param name="image">The image, by digest.</param>
    /// <param name="claims">What the signatures have to say beside the digest.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <exception cref="SupplyChainException">There is no signature, or none is the key's with these claims.</exception>
    /// <exception cref="RegistryException">The registry cannot be reached.</exception>
    public async Task<IReadOnlyList<ImageSignature>> VerifyAsync(ImageSubject image, IReadOnlyDictionary<string, string>? claims = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var manifest = new SignatureManifest(_client, image.Digest, SignatureManifest.SignatureSuffix);
        var (found, verified) = (0, new List<ImageSignature>());
        foreach (var entry in await manifest.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Blob.MediaType != SimpleSigning.MediaType || Dsse.Bytes(entry.Annotations.GetValueOrDefault(CosignSigner.SignatureAnnotation)) is not { } signature)
            {
                continue;
            }

            found++;
            var payload = await manifest.FetchAsync(entry, SimpleSigning.MaxSize, cancellationToken).ConfigureAwait(false);
            if (_key.Verify(payload.Span, signature) && manifest.Parse(payload.Span) is var json && SimpleSigning.IsAbout(json, image.Digest))
            {
                var name = json["critical"].Member("identity").Text("docker-reference") ?? "";
                verified.Add(new ImageSignature(image with { Name = name }, SimpleSigning.ReadClaims(json)));
            }
        }

        var fitting = verified.Where(signature => claims is null || claims.All(claim => signature.Claims.TryGetValue(claim.Key, out var value) && value == claim.Value)).ToList();
        return fitting.Count > 0 ? fitting
            : found == 0 ? throw Missing(image, "signature")
            : verified.Count == 0 ? throw Mismatch(image, $"none of its {found} signatures is by {_key}, for this digest")
            : throw Mismatch(image, $"none of its {verified.Count} signatures by {_key} has the wanted annotations");
    }

    /// <summary>The signed statements about an image that are the key's: one at least.</summary>
    /// <param name="image">The image, by digest.</param>
    /// <param name="predicateType">Only statements of this type; null takes all.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <exception cref="SupplyChainException">There is no such statement, or none is the key's.</exception>
    /// <exception cref="RegistryException">The registry cannot be reached.</exception>
    public async Task<IReadOnlyList<ImageAttestation>> VerifyAttestationsAsync(ImageSubject image, string? predicateType = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var manifest = new SignatureManifest(_client, image.Digest, SignatureManifest.AttestationSuffix);
        var (found, verified) = (0, new List<ImageAttestation>());
        foreach (var entry in await manifest.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Blob.MediaType != Dsse.MediaType)
            {
                continue;
            }

            // The annotation is not signed: it only saves the way where it says another type.
            if (predicateType is not null && entry.Annotations.TryGetValue(CosignSigner.PredicateAnnotation, out var said) && said != predicateType)
            {
                continue;
            }

            found++;
            var envelope = manifest.Parse((await manifest.FetchAsync(entry, Referrers.MaxContentSize, cancellationToken).ConfigureAwait(false)).Span);
            if (Dsse.Open(envelope, InToto.MediaType, _key) is { } payload &&
                manifest.Parse(payload) is var statement &&
                InToto.IsAbout(statement, image.Digest) &&
                statement.Text("predicateType") is { } type &&
                (predicateType is null || type == predicateType))
            {
                verified.Add(new ImageAttestation(type, statement["predicate"]));
            }
        }

        return verified.Count > 0 ? verified
            : found == 0 ? throw Missing(image, predicateType is null ? "attestation" : $"attestation of the type {predicateType}")
            : throw Mismatch(image, $"none of its {found} attestations is by {_key}, for this digest");
    }

    private static SupplyChainException Missing(ImageSubject image, string what) => new(
        NixErrorCodes.NotSigned,
        $"{image.Name}@{image.Digest} has no {what}. Sign it with 'nixsharp image sign', or check that this is the image and the repository that was signed.");

    private static SupplyChainException Mismatch(ImageSubject image, string why) => new(
        NixErrorCodes.SignatureMismatch,
        $"{image.Name}@{image.Digest} cannot be trusted: {why}. Check that the key is the signer's; if it is, do not use the image.");
}
