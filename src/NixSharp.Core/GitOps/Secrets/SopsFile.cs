using System.Text;
using Newtonsoft.Json;
using NixSharp.GitOps.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NixSharp.GitOps.Secrets;

/// <summary>Tells whether the contents of a file are encrypted by sops, in each form that it has.</summary>
public static class SopsFile
{
    private const int MaxDepth = 128;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is not encrypted; nothing where all is as it should be. No value of the file gets out.</summary>
    /// <param name="path">The file's name, whose extension tells the form: YAML, JSON, <c>.env</c>, <c>.ini</c>, or any other file.</param>
    /// <param name="contents">The contents.</param>
    public static IReadOnlyList<SecretProblem> FindProblems(string path, ReadOnlySpan<byte> contents)
    {
        ArgumentNullException.ThrowIfNull(path);
        string text;
        try
        {
            text = Strict.GetString(contents.StartsWith("\ufeff"u8) ? contents[3..] : contents);
        }
        catch (DecoderFallbackException)
        {
            return [new SecretProblem(path, null, "it is not encrypted")];
        }

        var extension = Path.GetExtension(path).ToLowerInvariant();
        var walk = new SopsWalk();
        try
        {
            switch (extension)
            {
                case ".yaml" or ".yml":
                    WalkYaml(text, walk);
                    break;
                case ".env" or ".ini":
                    SopsLines.Walk(text, walk);
                    break;
                default:
                    WalkJson(text, walk);
                    break;
            }
        }
        catch (Exception error) when (error is YamlException or JsonException)
        {
            // Whatever it says may quote the file.
            return [new SecretProblem(path, null, extension is ".yaml" or ".yml" or ".json" ? $"it is no {extension[1..].ToUpperInvariant()}, and so not encrypted" : "it is not encrypted")];
        }

        return walk.Notes.TryGetValue("mac", out var mac) && SopsWalk.IsEncrypted(mac)
            ? FindPlain(path, walk)
            : [new SecretProblem(path, null, "it is not encrypted")];
    }

    private static List<SecretProblem> FindPlain(string path, SopsWalk walk)
    {
        var isMeant = SopsSelection.From(walk.Notes);
        return
        [
            .. walk.Plain.Where(leaf => isMeant(leaf.Path))
                .Select(leaf => new SecretProblem(path, leaf.Line, leaf.Path.Count == 0 ? "a value is not encrypted" : $"the value of {string.Join('.', leaf.Path)} is not encrypted")),
        ];
    }

    private static void WalkYaml(string text, SopsWalk walk)
    {
        foreach (var step in YamlText.Read(text))
        {
            switch (step)
            {
                case MappingStart:
                    walk.Begin(isMap: true);
                    break;
                case SequenceStart:
                    walk.Begin(isMap: false);
                    break;
                case MappingEnd or SequenceEnd:
                    walk.End();
                    break;
                case Scalar scalar when walk.IsAtKey:
                    walk.Key(scalar.Value);
                    break;
                case Scalar scalar:
                    walk.Value(scalar is { IsPlainImplicit: true, Value: "null" or "~" or "Null" or "NULL" } ? null : scalar.Value, (int)scalar.Start.Line);
                    break;
                case AnchorAlias:
                    // What it stands for was looked at where it stands.
                    walk.Value(null, null);
                    break;
                default:
                    break;
            }
        }
    }

    private static void WalkJson(string text, SopsWalk walk)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { MaxDepth = MaxDepth, DateParseHandling = DateParseHandling.None };
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonToken.StartObject or JsonToken.StartArray:
                    walk.Begin(reader.TokenType == JsonToken.StartObject);
                    break;
                case JsonToken.EndObject or JsonToken.EndArray:
                    walk.End();
                    break;
                case JsonToken.PropertyName:
                    walk.Key((string)reader.Value!);
                    break;
                case JsonToken.Null or JsonToken.Undefined or JsonToken.Comment:
                    if (reader.TokenType != JsonToken.Comment)
                    {
                        walk.Value(null, null);
                    }

                    break;
                default:
                    walk.Value(Convert.ToString(reader.Value, System.Globalization.CultureInfo.InvariantCulture), reader.LineNumber);
                    break;
            }
        }
    }
}
