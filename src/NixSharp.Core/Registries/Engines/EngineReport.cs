using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.Registries.Engines;

/// <summary>One line of what an engine says while it loads: JSON with a text, a progress or an error.</summary>
/// <param name="Text">What it says; null where it says nothing to a person.</param>
/// <param name="Error">What went wrong; null where nothing did. The status of the answer may be 200 all the same.</param>
/// <param name="Progress">How far it is with a layer.</param>
internal readonly record struct EngineReport(string? Text, string? Error, NixProgress? Progress)
{
    /// <summary>Null for a line that is not a report.</summary>
    public static EngineReport? TryRead(string line)
    {
        if (!JsonText.TryParse(line, out var json, out _) || json is not JObject report)
        {
            return null;
        }

        var text = AsText(report["stream"]) ?? AsText(report["status"]);
        var error = AsText((report["errorDetail"] as JObject)?["message"]) ?? AsText(report["error"]);
        return new EngineReport(text?.Trim(), error, ReadProgress(report));
    }

    private static NixProgress? ReadProgress(JObject report) =>
        report["progressDetail"] is JObject detail && (detail["current"] as JValue)?.Value is long current
            ? new NixProgress("loading", AsText(report["id"]) ?? "", current, (detail["total"] as JValue)?.Value as long?)
            : null;

    private static string? AsText(JToken? json) => json is JValue { Value: string { Length: > 0 } text } ? text : null;
}
