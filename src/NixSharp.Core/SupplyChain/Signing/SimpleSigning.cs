using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.SupplyChain.Signing;

/// <summary>What a signature of an image signs: JSON in the "simple signing" form.</summary>
internal static class SimpleSigning
{
    public const string MediaType = "application/vnd.dev.cosign.simplesigning.v1+json";
    public const int MaxSize = 1 << 20;

    private const string Kind = "cosign container image signature";

    public static byte[] Write(ImageSubject image, IReadOnlyDictionary<string, string> claims) => ImageJson.Write(new JObject
    {
        ["critical"] = new JObject
        {
            ["identity"] = new JObject { ["docker-reference"] = image.Name },
            ["image"] = new JObject { ["docker-manifest-digest"] = image.Digest.ToString() },
            ["type"] = Kind,
        },
        ["optional"] = claims.Count == 0
            ? JValue.CreateNull()
            : new JObject(claims.OrderBy(static claim => claim.Key, StringComparer.Ordinal).Select(static claim => new JProperty(claim.Key, claim.Value))),
    });

    /// <summary>Whether the payload speaks of the image with that digest.</summary>
    public static bool IsAbout(JObject payload, OciDigest digest)
    {
        var critical = payload["critical"];
        return critical.Text("type") == Kind && critical.Member("image").Text("docker-manifest-digest") == digest.ToString();
    }

    public static IReadOnlyDictionary<string, string> ReadClaims(JObject payload) =>
        (payload["optional"] as JObject)?.Properties()
            .Where(static property => property.Value is JValue { Value: string })
            .ToDictionary(static property => property.Name, static property => (string)property.Value!) ?? [];
}
