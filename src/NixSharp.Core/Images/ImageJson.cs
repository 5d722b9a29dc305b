using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>JSON of images: written without white space, read without trust.</summary>
internal static class ImageJson
{
    /// <summary>The most bytes that a manifest, configuration or index may have; registries draw the line here too.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private const int MaxDepth = 32;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static byte[] Write(JToken token) => Utf8.GetBytes(token.ToString(Formatting.None));

    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static JToken Parse(ReadOnlySpan<byte> text)
    {
        using var reader = new JsonTextReader(new StringReader(Utf8.GetString(text)))
        {
            DateParseHandling = DateParseHandling.None,
            MaxDepth = MaxDepth,
        };
        var token = JToken.ReadFrom(reader);
        return reader.Read() ? throw new JsonReaderException("There is more behind the first JSON value.") : token;
    }

    /// <summary>The member that is a text; null where it is missing or something else.</summary>
    public static string? Text(this JToken? token, string name) => Member(token, name) is JValue { Value: string text } ? text : null;

    /// <summary>The member that is a number that fits; null where it is missing or something else.</summary>
    public static long? Number(this JToken? token, string name) => Member(token, name) is JValue { Value: long number } ? number : null;

    /// <summary>The member that is a list; empty where it is missing or something else.</summary>
    public static IEnumerable<JToken> Items(this JToken? token, string name) => Member(token, name) as JArray ?? [];

    public static JToken? Member(this JToken? token, string name) => (token as JObject)?[name];

    /// <summary>Reads a content descriptor; null where it is malformed.</summary>
    public static OciDescriptor? Descriptor(JToken? token) =>
        token.Text("mediaType") is { } mediaType &&
        OciDigest.TryParse(token.Text("digest"), out var digest) &&
        token.Number("size") is >= 0 and var size
            ? new OciDescriptor(mediaType, digest, size)
            : null;

    /// <summary>The annotations of a descriptor; entries that are no texts are left out.</summary>
    public static AnnotationSet Annotations(JToken? descriptor) =>
        descriptor.Member("annotations") is JObject entries
            ? new(entries.Properties().Where(static entry => entry.Value.Type == JTokenType.String).Select(static entry => KeyValuePair.Create(entry.Name, (string)entry.Value!)))
            : AnnotationSet.Empty;

    /// <summary>Writes a content descriptor.</summary>
    public static JObject Descriptor(OciDescriptor descriptor, AnnotationSet? annotations = null)
    {
        var json = new JObject
        {
            ["mediaType"] = descriptor.MediaType,
            ["digest"] = descriptor.Digest.ToString(),
            ["size"] = descriptor.Size,
        };
        if (annotations is { Count: > 0 })
        {
            json["annotations"] = new JObject(annotations.Select(static entry => new JProperty(entry.Key, entry.Value)));
        }

        return json;
    }
}
