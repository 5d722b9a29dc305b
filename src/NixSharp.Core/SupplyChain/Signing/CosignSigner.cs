using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries;

namespace NixSharp.SupplyChain.Signing;

/// <summary>
/// Signs images of a repository with a local key, in the places and forms in which cosign looks for it. Nothing goes
/// to a transparency log.
/// </summary>
public sealed class CosignSigner
{
    internal const string SignatureAnnotation = "dev.cosignproject.cosign/signature";
    internal const string PredicateAnnotation = "predicateType";

    private readonly RegistryClient _client;
    private readonly CosignKey _key;

    /// <summary>Signs in the repository of <paramref name="client"/>; client and key stay the caller's.</summary>
    public CosignSigner(RegistryClient client, CosignKey key)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(key);
        _client = client;
        _key = key;
    }

    /// <summary>Signs an image. An image that has this key's signature of the same claims gets no second one.</summary>
    /// <param name="image">The image, by digest.</param>
    /// <param name="claims">What is signed beside the digest; cosign calls them annotations.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <returns>Whether a signature was added.</returns>
    /// <exception cref="RegistryException">The registry cannot be reached, or refuses.</exception>
    /// <exception cref="SupplyChainException">The signatures that are there are damaged, or cannot be changed.</exception>
    public async Task<bool> SignAsync(ImageSubject image, IReadOnlyDictionary<string, string>? claims = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var payload = SimpleSigning.Write(image, claims ?? new Dictionary<string, string>());
        var digest = OciDigest.Compute(payload);
        var manifest = new SignatureManifest(_client, image.Digest, SignatureManifest.SignatureSuffix);
        using var check = _key.ToPublicKey();
        foreach (var entry in await manifest.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Blob.Digest == digest && Dsse.Bytes(entry.Annotations.GetValueOrDefault(SignatureAnnotation)) is { } existing && check.Verify(payload, existing))
            {
                return false;
            }
        }

        var annotations = new Dictionary<string, string> { [SignatureAnnotation] = Convert.ToBase64String(_key.Sign(payload)) };
        await manifest.AddAsync(SimpleSigning.MediaType, payload, annotations, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Signs a statement about an image, and stores it as <c>cosign attest</c> does. The same statement is signed once.</summary>
    /// <param name="statement">An in-toto statement, such as <see cref="Provenance"/> writes, about <paramref name="image"/>.</param>
    /// <param name="image">The image, by digest.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <returns>Whether an attestation was added.</returns>
    /// <exception cref="RegistryException">The registry cannot be reached, or refuses.</exception>
    /// <exception cref="SupplyChainException">The statement is about something else, or the attestations that are there are damaged or cannot be changed.</exception>
    public async Task<bool> AttestAsync(JObject statement, ImageSubject image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(image);
        if (!InToto.IsAbout(statement, image.Digest) || statement.Text("predicateType") is not { Length: > 0 } predicateType)
        {
            throw new SupplyChainException(
                NixErrorCodes.InvalidPredicate,
                $"The statement cannot be attested: it is no in-toto statement with {image.Digest} among its subjects. Make it for this image.");
        }

        var payload = ImageJson.Write(statement);
        var manifest = new SignatureManifest(_client, image.Digest, SignatureManifest.AttestationSuffix);
        using var check = _key.ToPublicKey();
        foreach (var entry in await manifest.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Blob.MediaType == Dsse.MediaType && entry.Annotations.GetValueOrDefault(PredicateAnnotation) == predicateType &&
                Dsse.Open(manifest.Parse((await manifest.FetchAsync(entry, Referrers.MaxContentSize, cancellationToken).ConfigureAwait(false)).Span), InToto.MediaType, check) is { } existing &&
                existing.AsSpan().SequenceEqual(payload))
            {
                return false;
            }
        }

        var envelope = Dsse.Sign(InToto.MediaType, payload, _key);
        var annotations = new Dictionary<string, string> { [SignatureAnnotation] = "", [PredicateAnnotation] = predicateType };
        await manifest.AddAsync(Dsse.MediaType, envelope, annotations, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
