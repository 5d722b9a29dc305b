using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>The images of an index, and which of them is for a platform.</summary>
internal static class ImagePlatforms
{
    /// <summary>The entries of an index, in its order; an entry without a platform, or with one that is none, has null. A malformed entry is null itself.</summary>
    public static IEnumerable<(OciDescriptor Descriptor, OciPlatform? Platform)?> Read(JToken index) =>
        index.Items("manifests").Select(static entry =>
            ImageJson.Descriptor(entry) is { } descriptor ? (descriptor, ReadPlatform(entry.Member("platform"))) : ((OciDescriptor, OciPlatform?)?)null);

    /// <summary>The entry that suits a platform best, the first among equals; null where none does.</summary>
    public static OciDescriptor? Choose(JToken index, OciPlatform platform) =>
        Read(index)
            .Select(entry => (entry?.Descriptor, Fit: entry?.Platform is { } other ? platform.Suits(other) : null))
            .Where(static entry => entry.Fit is not null)
            .OrderByDescending(static entry => entry.Fit)
            .FirstOrDefault()
            .Descriptor;

    /// <summary>The platforms of an index, for messages.</summary>
    public static string Describe(JToken index) =>
        string.Join(", ", Read(index).Select(static entry => entry?.Platform?.ToString() ?? "(no platform)").Distinct().Take(20));

    /// <summary>A platform as an entry of an index has it.</summary>
    public static JObject Write(OciPlatform platform)
    {
        var json = new JObject { ["architecture"] = platform.Architecture, ["os"] = platform.OperatingSystem };
        if (platform.Variant is { } variant)
        {
            json["variant"] = variant;
        }

        return json;
    }

    /// <summary>The platform that an entry of an index or a configuration names; null where it names none.</summary>
    public static OciPlatform? ReadPlatform(JToken? json) =>
        json.Text("os") is { } system && json.Text("architecture") is { } architecture &&
        OciPlatform.TryParse(json.Text("variant") is { Length: > 0 } variant ? $"{system}/{architecture}/{variant}" : $"{system}/{architecture}", out var platform)
            ? platform
            : null;
}
