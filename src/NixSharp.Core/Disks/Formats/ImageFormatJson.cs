using Newtonsoft.Json.Linq;
using NixSharp.Disks.Containers;
using NixSharp.Files;
using NixSharp.Json;

namespace NixSharp.Disks.Formats;

/// <summary>Formats of images as JSON: an object of formats by name.</summary>
public static class ImageFormatJson
{
    private const int MaxFile = 1 << 20;

    /// <summary>Reads formats from a file.</summary>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    /// <exception cref="NixException">The file holds something else.</exception>
    public static async Task<IReadOnlyList<ImageFormat>> ReadFileAsync(string file, CancellationToken cancellationToken = default) =>
        Read(JsonText.Parse(await SmallFile.ReadTextAsync(file, MaxFile, NixErrorCodes.UnknownImageFormat, cancellationToken).ConfigureAwait(false)));

    /// <summary>Reads formats.</summary>
    /// <exception cref="NixFormatException">A member is missing, or is not what it should be.</exception>
    /// <exception cref="DiskException">A word is none of those that there are.</exception>
    public static IReadOnlyList<ImageFormat> Read(JToken json) =>
        [.. JsonNodes.Expect<JObject>(json, "an object of formats").Properties().Select(static property => new ImageFormat
        {
            Name = property.Name,
            Attribute = JsonNodes.Text(property.Value["attribute"], "the attribute of a format"),
            Results = Texts(property.Value["results"]),
            Extension = JsonNodes.Text(property.Value["extension"], "the extension of a format"),
            Compression = Optional(property.Value["compression"]),
            Container = Word<DiskContainerKind>(property.Value["container"]),
            Systems = Texts(property.Value["systems"]),
            Layout = Word<PartitionLayout>(property.Value["layout"]) ?? PartitionLayout.None,
            Boot = Word<BootMethod>(property.Value["boot"]) ?? BootMethod.None,
            RootLabel = Optional(property.Value["rootLabel"]),
            BootLabel = Optional(property.Value["bootLabel"]),
        })];

    /// <summary>Writes formats.</summary>
    public static JObject Write(IEnumerable<ImageFormat> formats) => new(formats.Select(static format => new JProperty(format.Name, new JObject
    {
        ["attribute"] = format.Attribute,
        ["results"] = new JArray(format.Results),
        ["extension"] = format.Extension,
        ["compression"] = format.Compression,
        ["container"] = format.Container?.ToString().ToLowerInvariant(),
        ["systems"] = new JArray(format.Systems),
        ["layout"] = format.Layout.ToString().ToLowerInvariant(),
        ["boot"] = format.Boot.ToString().ToLowerInvariant(),
        ["rootLabel"] = format.RootLabel,
        ["bootLabel"] = format.BootLabel,
    })));

    private static IReadOnlyList<string> Texts(JToken? json) => [.. JsonNodes.Items(json, "a list").Select(static item => JsonNodes.Text(item, "a text"))];

    private static string? Optional(JToken? json) => json is null or JValue { Value: null } ? null : JsonNodes.Text(json, "a text");

    private static T? Word<T>(JToken? json)
        where T : struct, Enum
    {
        if (Optional(json) is not { } text)
        {
            return null;
        }

        return Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => string.Equals($"{value}", text, StringComparison.OrdinalIgnoreCase))
            ?? throw new DiskException(NixErrorCodes.UnknownImageFormat, $"'{text}' is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}. Correct the description of the format.");
    }
}
