using Newtonsoft.Json;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// What kind of manifest something is. The digest covers the body only, so that the body has the say: a header that
/// contradicts it, or a body that can be read as two things, would make one digest stand for two images.
/// </summary>
internal static class ManifestType
{
    private static readonly string[] Known = [OciMediaTypes.Manifest, OciMediaTypes.Index, OciMediaTypes.DockerManifest, OciMediaTypes.DockerManifestList];

    /// <summary>The media type of a manifest; null where it cannot be used, and why.</summary>
    public static string? Read(byte[] content, string? header, out string? why)
    {
        why = null;
        try
        {
            var json = ImageJson.Parse(content);
            var (isIndex, isImage) = (json.Member("manifests") is not null, json.Member("layers") is not null || json.Member("config") is not null);
            var said = json.Text("mediaType") is { Length: > 0 } text ? text : null;
            why = isIndex && isImage ? "it is an index and an image at once"
                : said is not null && Known.Contains(header) && said != header ? $"it says that it is '{said}', and its header that it is '{header}'"
                : said is null && header is null ? "it has no media type"
                : null;
            return why is not null ? null
                : said ?? (Known.Contains(header) ? header
                : isIndex ? OciMediaTypes.Index
                : isImage ? OciMediaTypes.Manifest
                : header);
        }
        catch (JsonException)
        {
            why = "its body is not JSON";
            return null;
        }
    }
}
