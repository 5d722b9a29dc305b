using Newtonsoft.Json.Linq;
using NixSharp.StorePaths;

namespace NixSharp.Json;

/// <summary>Takes JSON nodes for what they should be; a <see cref="NixFormatException"/> says where one is not.</summary>
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
        json as T ?? throw Missing(json, what);

    public static string Text(JToken? json, string what) =>
        json is JValue { Value: string text } ? text : throw Missing(json, what);

    /// <summary>The items of a list; none where there is no list, or null.</summary>
    public static JArray Items(JToken? json, string what) => IsNothing(json) ? [] : Expect<JArray>(json, what);

    /// <summary>A number that is not negative; null where there is none, or null.</summary>
    public static long? Number(JToken? json, string what) => json switch
    {
        _ when IsNothing(json) => null,
        JValue { Value: long number and >= 0 } => number,
        _ => throw Missing(json, $"{what}, a number that is not negative,"),
    };

    public static bool? Boolean(JToken? json, string what) => json switch
    {
        _ when IsNothing(json) => null,
        JValue { Value: bool value } => value,
        _ => throw Missing(json, $"{what}, true or false,"),
    };

    /// <summary>A time in seconds since 1970; null where there is none, or null.</summary>
    public static DateTimeOffset? Time(JToken? json, string what) => Number(json, what) switch
    {
        null => null,
        { } seconds when seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() => DateTimeOffset.FromUnixTimeSeconds(seconds),
        _ => throw Missing(json, $"{what}, a time before the year 10000,"),
    };

    public static bool IsNothing(JToken? json) => json is null or { Type: JTokenType.Null };

    public static NixFormatException Invalid(string why) =>
        new(NixErrorCodes.InvalidJson, $"The JSON cannot be read: {why}. Check what wrote it, and that it is whole.");

    public static NixFormatException Missing(JToken? json, string what) =>
        Invalid($"{what} was expected{(json is null ? ", and there is none" : json.Path.Length == 0 ? "" : $" at '{json.Path}'")}");
}
