using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries.Copying;

/// <summary>The manifests and blobs of an image or index, each once, and no manifest before what it refers to.</summary>
internal sealed class ImageTree(RegistryClient source)
{
    private const int MaxDepth = 4;
    private const int MaxManifests = 1000;
    private const int MaxBlobs = 100_000;
    private readonly List<RegistryManifest> _manifests = [];
    private readonly Dictionary<OciDigest, OciDescriptor> _blobs = [];
    private readonly HashSet<OciDigest> _seen = [];

    public IReadOnlyList<RegistryManifest> Manifests => _manifests;

    public IReadOnlyCollection<OciDescriptor> Blobs => _blobs.Values;

    public static bool IsIndex(OciDescriptor manifest) => manifest.MediaType is OciMediaTypes.Index or OciMediaTypes.DockerManifestList;

    /// <summary>Takes in a manifest and everything below it.</summary>
    /// <exception cref="ImageException">It is no image, damaged, or beyond all measure.</exception>
    public async Task AddAsync(RegistryManifest manifest, int depth, CancellationToken cancellationToken)
    {
        if (!_seen.Add(manifest.Descriptor.Digest))
        {
            return;
        }

        if (depth > MaxDepth || _seen.Count > MaxManifests)
        {
            throw Damaged($"its indexes are nested more than {MaxDepth} deep, or name more than {MaxManifests} manifests");
        }

        var json = ImageJson.Parse(manifest.Content.Span);
        if (IsIndex(manifest.Descriptor))
        {
            foreach (var entry in json.Items("manifests"))
            {
                var descriptor = ImageJson.Descriptor(entry) ?? throw Damaged("its index has a malformed entry");
                await AddAsync(await FetchAsync(descriptor, cancellationToken).ConfigureAwait(false), depth + 1, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            AddBlobs(manifest, json);
        }

        _manifests.Add(manifest);
    }

    /// <summary>Fetches a manifest that an index names.</summary>
    public async Task<RegistryManifest> FetchAsync(OciDescriptor entry, CancellationToken cancellationToken)
    {
        var manifest = await source.GetManifestAsync(entry.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        return manifest.Descriptor == entry
            ? manifest
            : throw Damaged($"its index says that {entry.Digest} is {entry.Size} bytes of {entry.MediaType}, and it is {manifest.Descriptor.Size} of {manifest.Descriptor.MediaType}");
    }

    public ImageException Damaged(string why) =>
        new(NixErrorCodes.InvalidImage, $"{source.Reference} is not an image that can be copied: {why}. Make the image again.");

    private void AddBlobs(RegistryManifest manifest, JToken json)
    {
        if (manifest.Descriptor.MediaType is not (OciMediaTypes.Manifest or OciMediaTypes.DockerManifest))
        {
            throw new ImageException(NixErrorCodes.UnsupportedImage, $"{source.Reference} holds something of the media type '{manifest.Descriptor.MediaType}', which is not an image's manifest. Convert it with skopeo.");
        }

        foreach (var item in json.Items("layers").Prepend(json.Member("config") ?? new JObject()))
        {
            var blob = ImageJson.Descriptor(item) ?? throw Damaged("its manifest has a malformed layer or configuration");

            // Layers that may not be distributed stay where they are.
            if (!blob.MediaType.Contains("foreign", StringComparison.Ordinal) && !blob.MediaType.Contains("nondistributable", StringComparison.Ordinal))
            {
                _blobs[blob.Digest] = _blobs.Count < MaxBlobs ? blob : throw Damaged($"it has more than {MaxBlobs} layers");
            }
        }
    }
}
