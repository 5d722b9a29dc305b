using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Layouts;

/// <summary>The names and small files of the OCI image layout, version 1.0.0.</summary>
internal static class LayoutFiles
{
    public const string Marker = "oci-layout";
    public const string Index = "index.json";
    public const string Version = "1.0.0";

    public static ReadOnlyMemory<byte> MarkerContents { get; } = ImageJson.Write(new JObject { ["imageLayoutVersion"] = Version });

    public static string BlobName(OciDigest digest) => $"blobs/sha256/{digest.Hex}";

    /// <summary>
    /// The index with <paramref name="image"/> in it under <paramref name="reference"/>, in place of what had that name,
    /// or no name either; all else stays as it is.
    /// </summary>
    public static byte[] WriteIndex(JObject? existing, OciDescriptor image, string? reference)
    {
        var index = existing ?? new JObject { ["schemaVersion"] = 2, ["mediaType"] = OciMediaTypes.Index };
        var entry = ImageJson.Descriptor(image);
        if (reference is not null)
        {
            entry["annotations"] = new JObject { [OciAnnotations.ReferenceName] = reference };
        }

        var others = index.Items("manifests").Where(other => other.Member("annotations").Text(OciAnnotations.ReferenceName) != reference);
        index["manifests"] = new JArray(others.Append(entry));
        return ImageJson.Write(index);
    }
}
