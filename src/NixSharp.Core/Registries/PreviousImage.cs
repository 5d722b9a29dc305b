using System.Net;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// The image that a tag names so far. A registry keeps what a manifest refers to, so that one request for the manifest
/// stands for one a layer; and our own manifests say what each layer was made of.
/// </summary>
internal sealed class PreviousImage
{
    private const int MaxPlatforms = 16;

    private readonly HashSet<OciDigest> _layers = [];
    private readonly HashSet<OciDigest> _manifests = [];
    private readonly Dictionary<string, LayerDescriptor> _identities = new(StringComparer.Ordinal);

    private PreviousImage(OciDigest digest)
    {
        Digest = digest;
    }

    /// <summary>The digest of the manifest or index that the tag names.</summary>
    public OciDigest Digest { get; }

    /// <summary>The configuration of a single image.</summary>
    public OciDigest? Config { get; private set; }

    /// <summary>Whether anything is said of what the layers were made of.</summary>
    public bool HasIdentities => _identities.Count > 0;

    /// <summary>Asks for the image of a tag, or the images of an index; null where there is none.</summary>
    public static async Task<PreviousImage?> FindAsync(RegistryClient client, string tag, CancellationToken cancellationToken)
    {
        if (await ReadAsync(client, tag, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        var image = new PreviousImage(found.Descriptor.Digest);
        switch (found.Descriptor.MediaType)
        {
            case OciMediaTypes.Manifest or OciMediaTypes.DockerManifest:
                image.Add(Parse(found));
                break;
            case OciMediaTypes.Index or OciMediaTypes.DockerManifestList:
                foreach (var entry in Parse(found).Items("manifests").Select(ImageJson.Descriptor).OfType<OciDescriptor>().Take(MaxPlatforms))
                {
                    if (await ReadAsync(client, entry.Digest.ToString(), cancellationToken).ConfigureAwait(false) is { } manifest)
                    {
                        image._manifests.Add(entry.Digest);
                        image.Add(Parse(manifest));
                    }
                }

                image.Config = null;
                break;
        }

        return image;
    }

    /// <summary>Whether a manifest was refused because a blob is missing after all.</summary>
    public static bool IsGone(RegistryException exception) =>
        exception is { Method: "PUT", Status: HttpStatusCode.BadRequest or HttpStatusCode.NotFound } &&
        exception.Errors.Any(static error => error.Code is "MANIFEST_BLOB_UNKNOWN" or "BLOB_UNKNOWN" or "MANIFEST_UNVERIFIED");

    /// <summary>Whether an index has an image with this manifest.</summary>
    public bool HasManifest(OciDigest digest) => _manifests.Contains(digest);

    public bool HasLayer(OciDigest digest) => _layers.Contains(digest);

    /// <summary>What a layer of this identity is said to be, if that is possible.</summary>
    public LayerDescriptor? Find(string identity, LayerCompression compression) =>
        _identities.TryGetValue(identity, out var layer) &&
        layer.Blob.MediaType == compression.MediaType &&
        compression.AnnotationKeys.All(key => layer.Annotations.Find(key) is not null)
            ? layer with { Annotations = new(layer.Annotations.Where(entry => compression.AnnotationKeys.Contains(entry.Key))) }
            : null;

    private static async Task<RegistryManifest?> ReadAsync(RegistryClient client, string reference, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetManifestAsync(reference, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (exception.Code == NixErrorCodes.RegistryNotFound)
        {
            return null;
        }
    }

    private static JToken? Parse(RegistryManifest manifest)
    {
        try
        {
            return ImageJson.Parse(manifest.Content.Span);
        }
        catch (JsonException)
        {
            // Whatever the tag named, it is about to be replaced.
            return null;
        }
    }

    private void Add(JToken? manifest)
    {
        Config = ImageJson.Descriptor(manifest.Member("config"))?.Digest;
        foreach (var layer in manifest.Items("layers"))
        {
            if (ImageJson.Descriptor(layer) is not { } blob)
            {
                continue;
            }

            _layers.Add(blob.Digest);
            var annotations = ImageJson.Annotations(layer);
            if (annotations.Find(LayerAnnotations.Identity) is { } identity && OciDigest.TryParse(annotations.Find(LayerAnnotations.DiffId), out var diffId))
            {
                _identities[identity] = new LayerDescriptor(blob, diffId) { Annotations = annotations };
            }
        }
    }
}
