using NixSharp.Images;
using NixSharp.Images.Layouts;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>An image in a registry as the files of a layout: the small ones fetched before, layers fetched while they are read.</summary>
internal sealed class RegistryFiles(RegistryClient client) : ImageFiles
{
    private readonly Dictionary<string, byte[]> _fetched = [];
    private readonly Dictionary<string, OciDescriptor> _blobs = [];

    public override string Location => client.Reference.ToString();

    /// <summary>Takes in a manifest that was fetched.</summary>
    public OciDescriptor Add(RegistryManifest manifest)
    {
        _fetched[LayoutFiles.BlobName(manifest.Descriptor.Digest)] = manifest.Content.ToArray();
        return manifest.Descriptor;
    }

    /// <summary>Fetches the manifest that an index names.</summary>
    public async Task<OciDescriptor> FetchManifestAsync(OciDescriptor entry, CancellationToken cancellationToken)
    {
        var manifest = await client.GetManifestAsync(entry.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        if (entry.Size != manifest.Descriptor.Size || entry.MediaType != manifest.Descriptor.MediaType)
        {
            throw Damaged($"its index says that {entry.Digest} is {entry.Size} bytes of {entry.MediaType}, and it is {manifest.Descriptor.Size} of {manifest.Descriptor.MediaType}");
        }

        return Add(manifest);
    }

    /// <summary>Fetches the configuration that a fetched manifest names, and takes note of its layers.</summary>
    public async Task FetchConfigAsync(OciDescriptor manifest, CancellationToken cancellationToken)
    {
        var json = ReadJson(LayoutFiles.BlobName(manifest.Digest));
        foreach (var layer in json.Items("layers"))
        {
            if (ImageJson.Descriptor(layer) is { } blob)
            {
                _blobs[LayoutFiles.BlobName(blob.Digest)] = blob;
            }
        }

        if (ImageJson.Descriptor(json.Member("config")) is { Size: <= ImageJson.MaxSize } config)
        {
            using var contents = new MemoryStream();
            await client.DownloadBlobAsync(config, contents, cancellationToken).ConfigureAwait(false);
            _fetched[LayoutFiles.BlobName(config.Digest)] = contents.ToArray();
        }
    }

    public override Stream? TryOpen(string name, out long size)
    {
        if (_fetched.TryGetValue(name, out var contents))
        {
            size = contents.Length;
            return new MemoryStream(contents, writable: false);
        }

        var isKnown = _blobs.TryGetValue(name, out var blob);
        size = blob.Size;
        return isKnown ? client.OpenBlob(blob) : null;
    }

    public override void Dispose() => client.Dispose();
}
