using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Registries;

namespace NixSharp.Integration.Tests.Registries;

/// <summary>An index of images that were pushed to the same repository.</summary>
internal static class TestIndex
{
    /// <summary>Puts the index under a tag.</summary>
    public static async Task<OciDigest> PushAsync(string reference, RegistryOptions options, params (OciDigest Image, string Platform)[] images)
    {
        using var client = new RegistryClient(ImageReference.Parse(reference), options);
        var entries = new JArray();
        foreach (var (image, text) in images)
        {
            var descriptor = (await client.FindManifestAsync(image.ToString()))!.Value;
            var platform = OciPlatform.Parse(text);
            var json = new JObject { ["os"] = platform.OperatingSystem, ["architecture"] = platform.Architecture };
            if (platform.Variant is not null)
            {
                json["variant"] = platform.Variant;
            }

            entries.Add(new JObject { ["mediaType"] = descriptor.MediaType, ["digest"] = descriptor.Digest.ToString(), ["size"] = descriptor.Size, ["platform"] = json });
        }

        var index = Encoding.UTF8.GetBytes(new JObject { ["schemaVersion"] = 2, ["mediaType"] = OciMediaTypes.Index, ["manifests"] = entries }.ToString());
        var manifest = new RegistryManifest(new OciDescriptor(OciMediaTypes.Index, OciDigest.Compute(index), index.Length), index);
        await client.PutManifestAsync(manifest);
        return manifest.Descriptor.Digest;
    }
}
