using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>
/// Remembers, from one process to the next, what a layer turned out to be, so that an image that has not changed can be
/// compared with what a registry has without making its layers again. Holds descriptors, not layers: a small file each.
/// An entry that is damaged counts as missing.
/// </summary>
public sealed class LayerCache
{
    private const int Version = 2;
    private const int MaxEntrySize = 4096;

    /// <summary>Uses <paramref name="folder"/>, which is made when the first entry is written.</summary>
    public LayerCache(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.GetFullPath(folder);
    }

    /// <summary><c>${XDG_CACHE_HOME:-~/.cache}/nixsharp/layers</c>.</summary>
    public static string DefaultFolder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (!Path.IsPathFullyQualified(cache ?? ""))
            {
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            }

            return Path.Combine(cache!, "nixsharp", "layers");
        }
    }

    /// <summary>Where the entries are.</summary>
    public string Folder { get; }

    /// <summary>What the layer with this identity turned out to be, if that is known.</summary>
    public LayerDescriptor? Find(string identity)
    {
        try
        {
            using var file = File.OpenRead(PathOf(identity));
            if (file.Length > MaxEntrySize)
            {
                return null;
            }

            var text = new byte[file.Length];
            file.ReadExactly(text);
            return Parse(ImageJson.Parse(text), identity);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            // Without a cache everything still works, only slower.
            return null;
        }
    }

    /// <summary>Remembers a layer; false where the folder cannot be written.</summary>
    public bool TryStore(string identity, LayerDescriptor descriptor)
    {
        var entry = ImageJson.Descriptor(descriptor.Blob, descriptor.Annotations);
        entry["version"] = Version;
        entry["identity"] = identity;
        entry["diffId"] = descriptor.DiffId.ToString();
        try
        {
            // Not synced: what a crash leaves behind reads as damaged, and so as missing.
            Directory.CreateDirectory(Folder);
            var temporary = Path.Combine(Folder, $".tmp-{Guid.NewGuid():N}");
            File.WriteAllBytes(temporary, ImageJson.Write(entry));
            File.Move(temporary, PathOf(identity), overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Forgets a layer; false where that is not possible.</summary>
    public bool TryRemove(string identity)
    {
        try
        {
            File.Delete(PathOf(identity));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static LayerDescriptor? Parse(JToken entry, string identity) =>
        entry.Number("version") == Version &&
        entry.Text("identity") == identity &&
        ImageJson.Descriptor(entry) is { MediaType: OciMediaTypes.Layer or OciMediaTypes.LayerGzip or OciMediaTypes.LayerZstd } blob &&
        OciDigest.TryParse(entry.Text("diffId"), out var diffId)
            ? new LayerDescriptor(blob, diffId) { Annotations = ImageJson.Annotations(entry) }
            : null;

    private string PathOf(string identity)
    {
        ArgumentException.ThrowIfNullOrEmpty(identity);
        return Path.Combine(Folder, $"{OciDigest.Compute(Encoding.UTF8.GetBytes(identity)).Hex}.json");
    }
}
