using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.Flakes;

/// <summary>
/// A line of what Nix prints with <c>--log-format internal-json</c>: <c>@nix {"action": ...}</c>. Types are Nix's numbers;
/// newer releases have ones that nobody here knows.
/// </summary>
public abstract record NixLogLine
{
    private const string Prefix = "@nix ";

    private NixLogLine()
    {
    }

    /// <summary>A message for the user.</summary>
    /// <param name="Level">How important it is: 0 is an error, 1 a warning, 3 what is printed anyway.</param>
    /// <param name="Text">The message, which may hold colours.</param>
    public sealed record Message(int Level, string Text) : NixLogLine;

    /// <summary>An activity begins.</summary>
    /// <param name="Id">What later lines call it.</param>
    /// <param name="Level">How important it is.</param>
    /// <param name="Type">What it is: 100 copies a path, 101 fetches a file, 105 builds, 108 substitutes.</param>
    /// <param name="Text">What it is, for the user.</param>
    /// <param name="Fields">Texts and numbers, by the type's own rules; a build's first one is its derivation.</param>
    /// <param name="Parent">The activity that it is a part of; 0 for none.</param>
    public sealed record Start(ulong Id, int Level, int Type, string Text, IReadOnlyList<object> Fields, ulong Parent) : NixLogLine;

    /// <summary>An activity is over.</summary>
    /// <param name="Id">Which one.</param>
    public sealed record Stop(ulong Id) : NixLogLine;

    /// <summary>Something came of an activity.</summary>
    /// <param name="Id">Which one.</param>
    /// <param name="Type">What it is: 101 a line of a build's log, 104 a build's phase, 105 progress, 106 what is expected.</param>
    /// <param name="Fields">Texts and numbers, by the type's own rules.</param>
    public sealed record Result(ulong Id, int Type, IReadOnlyList<object> Fields) : NixLogLine;

    /// <summary>Reads a line; false where it is none of these, such as one that something else printed.</summary>
    public static bool TryParse(string? line, [NotNullWhen(true)] out NixLogLine? parsed)
    {
        parsed = null;
        if (line?.StartsWith(Prefix, StringComparison.Ordinal) != true
            || !JsonText.TryParse(line[Prefix.Length..], out var json, out _)
            || json is not JObject log)
        {
            return false;
        }

        try
        {
            parsed = log["action"] switch
            {
                JValue { Value: "msg" } => new Message(ReadNumber(log, "level"), ReadText(log, "msg")),
                JValue { Value: "start" } => new Start(ReadId(log, "id"), ReadNumber(log, "level"), ReadNumber(log, "type"), ReadText(log, "text"), ReadFields(log), ReadId(log, "parent")),
                JValue { Value: "stop" } => new Stop(ReadId(log, "id")),
                JValue { Value: "result" } => new Result(ReadId(log, "id"), ReadNumber(log, "type"), ReadFields(log)),
                _ => null,
            };
        }
        catch (NixFormatException)
        {
            return false;
        }

        return parsed is not null;
    }

    private static int ReadNumber(JObject log, string name) =>
        JsonNodes.Number(log[name], name) is { } number and <= int.MaxValue ? (int)number : log.ContainsKey(name) ? throw JsonNodes.Missing(log[name], name) : 0;

    private static ulong ReadId(JObject log, string name) => (ulong)(JsonNodes.Number(log[name], name) ?? 0);

    private static string ReadText(JObject log, string name) => log.ContainsKey(name) ? JsonNodes.Text(log[name], name) : "";

    private static IReadOnlyList<object> ReadFields(JObject log) =>
        [.. JsonNodes.Items(log["fields"], "fields").Select(static field => (field as JValue)?.Value ?? throw JsonNodes.Missing(field, "a text or a number"))];
}
