using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.SupplyChain.Bills;
using NixSharp.SupplyChain.Signing;

namespace NixSharp.SupplyChain;

/// <summary>
/// Attaches to an image in a registry what its closure tells: as a referrer, which any client finds, and, where a key is
/// given, signed as an attestation of cosign's too.
/// </summary>
public static class ImageDocuments
{
    private const int MaxPredicate = 32 << 20;

    /// <summary>Attaches a bill of materials to the image that the client's reference means.</summary>
    /// <returns>The manifest that holds it.</returns>
    /// <exception cref="RegistryException">There is no such image, or the registry refuses.</exception>
    /// <exception cref="SupplyChainException">What is attached already is damaged, or cannot be changed.</exception>
    public static async Task<OciDescriptor> AttachBillAsync(
        this RegistryClient client,
        BillOfMaterials bill,
        BillFormat format,
        BillOptions? options = null,
        CosignKey? key = null,
        CancellationToken cancellationToken = default)
    {
        var (image, manifest) = await client.ResolveSubjectAsync(cancellationToken).ConfigureAwait(false);
        var document = format.Write(bill, (options ?? new BillOptions()) with { Image = image });
        return await AttachAsync(client, manifest, format.GetMediaType(), document, key, image, InToto.Statement(format.GetPredicateType(), image, document), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Attaches provenance to the image that the client's reference means.</summary>
    /// <returns>The manifest that holds it.</returns>
    /// <exception cref="RegistryException">There is no such image, or the registry refuses.</exception>
    /// <exception cref="SupplyChainException">What is attached already is damaged, or cannot be changed.</exception>
    public static async Task<OciDescriptor> AttachProvenanceAsync(
        this RegistryClient client,
        BillOfMaterials bill,
        ProvenanceOptions? options = null,
        CosignKey? key = null,
        CancellationToken cancellationToken = default)
    {
        var (image, manifest) = await client.ResolveSubjectAsync(cancellationToken).ConfigureAwait(false);
        var statement = Provenance.Write(bill, image, options);
        return await AttachAsync(client, manifest, InToto.MediaType, statement, key, image, statement, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a predicate that is to be attested: any JSON object of up to 32 MiB.</summary>
    /// <exception cref="SupplyChainException">The file holds something else.</exception>
    /// <exception cref="NixFileException">The file cannot be read, or is too large.</exception>
    public static async Task<JObject> ReadPredicateAsync(string file, CancellationToken cancellationToken = default)
    {
        var bytes = await SmallFile.ReadAsync(file, MaxPredicate, NixErrorCodes.InvalidPredicate, cancellationToken).ConfigureAwait(false);
        try
        {
            return ImageJson.Parse(bytes) as JObject ?? throw new JsonReaderException("It is no object.");
        }
        catch (JsonException error)
        {
            throw new SupplyChainException(NixErrorCodes.InvalidPredicate, $"{file} holds no predicate, which is a JSON object: {error.Message} Name the file that was meant.", error);
        }
    }

    private static async Task<OciDescriptor> AttachAsync(
        RegistryClient client,
        OciDescriptor subject,
        string artifactType,
        JObject document,
        CosignKey? key,
        ImageSubject image,
        JObject statement,
        CancellationToken cancellationToken)
    {
        var artifact = new ReferrerArtifact(artifactType, ImageJson.Write(document));
        var attached = await new Referrers(client).AttachAsync(subject, artifact, cancellationToken).ConfigureAwait(false);
        if (key is not null)
        {
            await new CosignSigner(client, key).AttestAsync(statement, image, cancellationToken).ConfigureAwait(false);
        }

        return attached;
    }
}
