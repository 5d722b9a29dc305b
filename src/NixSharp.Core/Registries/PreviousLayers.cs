using System.Net;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// The layers of the image that a tag names so far. A registry keeps what a manifest refers to, so that one request
/// for the manifest stands for one a layer.
/// </summary>
internal static class PreviousLayers
{
    public static async Task<IReadOnlySet<OciDigest>> FindAsync(RegistryClient client, OciDescriptor manifest, CancellationToken cancellationToken)
    {
        var layers = new HashSet<OciDigest>();
        if (manifest.MediaType is not (OciMediaTypes.Manifest or OciMediaTypes.DockerManifest))
        {
            return layers;
        }

        foreach (var layer in (await ReadAsync(client, manifest.Digest, cancellationToken).ConfigureAwait(false))?["layers"] as JArray ?? [])
        {
            if (layer is JObject descriptor && descriptor["digest"] is JValue { Value: string text } && OciDigest.TryParse(text, out var digest))
            {
                layers.Add(digest);
            }
        }

        return layers;
    }

    /// <summary>Whether a manifest was refused because a blob is missing after all.</summary>
    public static bool AreGone(RegistryException exception) =>
        exception is { Method: "PUT", Status: HttpStatusCode.BadRequest or HttpStatusCode.NotFound } &&
        exception.Errors.Any(static error => error.Code is "MANIFEST_BLOB_UNKNOWN" or "BLOB_UNKNOWN" or "MANIFEST_UNVERIFIED");

    private static async Task<JObject?> ReadAsync(RegistryClient client, OciDigest digest, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await client.GetManifestAsync(digest.ToString(), cancellationToken).ConfigureAwait(false);
            return JObject.Parse(Encoding.UTF8.GetString(manifest.Content.Span));
        }
        catch (Exception exception) when (exception is JsonException or RegistryException { Code: NixErrorCodes.RegistryNotFound })
        {
            // Whatever the tag named, it is about to be replaced.
            return null;
        }
    }
}
