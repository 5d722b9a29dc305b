using Newtonsoft.Json.Linq;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Takes JSON nodes for what they should be; a <see cref="FormatException"/> says where one is not.</summary>
internal static class JsonNodes
{
    /// <summary>Reads a full path, or the base name that newer versions print.</summary>
    public static StorePath ReadPath(JToken? json, StoreDirectory directory)
    {
        var text = Text(json, "a store path");
        return text.StartsWith('/') ? StorePath.Parse(text, directory) : StorePath.ParseBaseName(text, directory);
    }

    public static T Expect<T>(JToken? json, string what)
        where T : JToken =>
        json as T ?? throw new FormatException($"{what} was expected{Where(json)}.");

    public static string Text(JToken? json, string what) =>
        json is JValue { Value: string text } ? text : throw new FormatException($"{what} was expected{Where(json)}.");

    private static string Where(JToken? json) => json is null ? ", and there is none" : $" at '{json.Path}'";
}
