using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using YamlDotNet.Serialization;

namespace NixSharp.Core.Tests.Formats;

/// <summary>As much of JSON Schema as the schemas of Nix use; they are in YAML, and refer to each other by file name.</summary>
internal sealed class JsonSchema(string folder)
{
    private readonly Dictionary<string, JToken> _files = [];

    /// <summary>Says why a value is not what a schema describes; null where it is.</summary>
    public string? WhyNot(JToken value, string file) => WhyNot(value, Load(file), file);

    private string? WhyNot(JToken value, JToken schema, string file)
    {
        if (schema is JValue { Value: bool allowed })
        {
            return allowed ? null : $"{value.Path} should not be there";
        }

        if (schema["$ref"] is { } reference)
        {
            // Up to draft 7, nothing beside a reference counts.
            var parts = ((string)reference!).Split('#');
            var target = parts[0].Length == 0 ? file : Path.GetFileName(parts[0]);
            return WhyNot(value, Follow(Load(target), parts.Length > 1 ? parts[1] : ""), target);
        }

        return WhyNotType(value, schema["type"])
            ?? WhyNotValue(value, schema)
            ?? WhyNotChoice(value, schema, file)
            ?? (value is JObject map ? WhyNotObject(map, schema, file) : null)
            ?? (value is JArray list && schema["items"] is { } items ? list.Select(item => WhyNot(item, items, file)).FirstOrDefault(static why => why is not null) : null);
    }

    private static string? WhyNotType(JToken value, JToken? type)
    {
        if (type is null)
        {
            return null;
        }

        var actual = value.Type switch
        {
            JTokenType.Object => "object",
            JTokenType.Array => "array",
            JTokenType.Integer => "integer",
            JTokenType.Float => "number",
            JTokenType.Boolean => "boolean",
            JTokenType.Null => "null",
            _ => "string",
        };
        var allowed = type is JArray several ? several.Select(static item => (string?)item) : [(string?)type];
        return allowed.Any(name => (name ?? "null") == actual) ? null : $"{value.Path} is of type {actual}, not {type}";
    }

    private static string? WhyNotValue(JToken value, JToken schema) =>
        schema["enum"] is JArray choices && !choices.Any(choice => JToken.DeepEquals(choice, value)) ? $"{value.Path} is {value}, none of {choices}"
        : schema["const"] is { } constant && !JToken.DeepEquals(constant, value) ? $"{value.Path} is {value}, not {constant}"
        : schema["pattern"] is { } pattern && value is JValue { Value: string text } && !Regex.IsMatch(text, (string)pattern!) ? $"{value.Path} is {value}, unlike {pattern}"
        : schema["minimum"] is { } minimum && value is JValue { Value: long number } && number < (long)minimum ? $"{value.Path} is {value}, below {minimum}"
        : schema["minLength"] is { } length && value is JValue { Value: string characters } && characters.Length < (int)length ? $"{value.Path} is shorter than {length}"
        : null;

    private string? WhyNotChoice(JToken value, JToken schema, string file)
    {
        foreach (var (keyword, isOne) in ((string, bool)[])[("oneOf", true), ("anyOf", false)])
        {
            if (schema[keyword] is JArray choices)
            {
                var reasons = choices.Select(choice => WhyNot(value, choice, file)).ToList();
                var fitting = reasons.Count(static why => why is null);
                if (fitting == 0 || (isOne && fitting > 1))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{value.Path} fits {fitting} of {reasons.Count}: {string.Join("; ", reasons)}");
                }
            }
        }

        return null;
    }

    private string? WhyNotObject(JObject map, JToken schema, string file)
    {
        if (schema["required"] is JArray required && required.FirstOrDefault(name => !map.ContainsKey((string)name!)) is { } missing)
        {
            return $"'{missing}' is missing in {map.Path}";
        }

        foreach (var property in map.Properties())
        {
            var inner = schema["properties"]?[property.Name]
                ?? (schema["patternProperties"] as JObject)?.Properties().FirstOrDefault(pattern => Regex.IsMatch(property.Name, pattern.Name))?.Value
                ?? schema["additionalProperties"];
            if (inner is not null && WhyNot(property.Value, inner, file) is { } why)
            {
                return why;
            }
        }

        return null;
    }

    private static JToken Follow(JToken schema, string pointer) =>
        pointer.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(schema, (current, part) => current[part] ?? throw new InvalidOperationException($"There is no {pointer}."));

    private JToken Load(string file)
    {
        if (!_files.TryGetValue(file, out var schema))
        {
            var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(File.ReadAllText(Path.Combine(folder, file)));
            schema = Convert(yaml);
            _files.Add(file, schema);
        }

        return schema;
    }

    private static JToken Convert(object? yaml) => yaml switch
    {
        Dictionary<object, object?> map => new JObject(map.Select(static pair => new JProperty((string)pair.Key, Convert(pair.Value)))),
        List<object?> list => new JArray(list.Select(Convert)),
        byte or sbyte or short or ushort or int or uint or long => new JValue(System.Convert.ToInt64(yaml, CultureInfo.InvariantCulture)),
        null => JValue.CreateNull(),
        _ => new JValue(yaml),
    };
}
