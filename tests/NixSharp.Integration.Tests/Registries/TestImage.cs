using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Integration.Tests.Registries;

/// <summary>The smallest image that the OCI image specification allows over some layers.</summary>
internal sealed class TestImage(params IReadOnlyList<TestLayer> layers) : IContainerImage
{
    public IReadOnlyList<IImageLayer> Layers => layers;

    public ImageManifest GetManifest()
    {
        var descriptors = layers.Select(layer => layer.Descriptor ?? throw new InvalidOperationException("A layer has not been made yet.")).ToList();
        var config = Bytes(new JObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JObject(),
            ["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = new JArray(descriptors.Select(layer => layer.DiffId.ToString())) },
        });
        var configDescriptor = new OciDescriptor(OciMediaTypes.Config, OciDigest.Compute(config), config.Length);
        var manifest = Bytes(new JObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciMediaTypes.Manifest,
            ["config"] = Describe(configDescriptor),
            ["layers"] = new JArray(descriptors.Select(layer => Describe(layer.Blob))),
        });
        return new ImageManifest
        {
            Descriptor = new OciDescriptor(OciMediaTypes.Manifest, OciDigest.Compute(manifest), manifest.Length),
            Manifest = manifest,
            ConfigDescriptor = configDescriptor,
            Config = config,
        };
    }

    private static JObject Describe(OciDescriptor descriptor) => new()
    {
        ["mediaType"] = descriptor.MediaType,
        ["digest"] = descriptor.Digest.ToString(),
        ["size"] = descriptor.Size,
    };

    private static byte[] Bytes(JObject json) => Encoding.UTF8.GetBytes(json.ToString(Formatting.None));
}
