using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Processes;

namespace NixSharp.Building;

/// <summary>Structured attributes as a builder gets them: JSON, and what of it a shell can hold.</summary>
internal static class AttributeFiles
{
    /// <summary>The attributes with the outputs' paths and the closures that are asked for.</summary>
    public static JObject Complete(StructuredAttributes attributes, BuildInputs inputs, ReferenceGraphs graphs)
    {
        var json = (JObject)attributes.Json.DeepClone();
        json["outputs"] = new JObject(inputs.Scratch
            .OrderBy(static output => output.Key, ByteText.Comparer)
            .Select(static output => new JProperty(output.Key, output.Value.ToString())));
        foreach (var (name, graph) in graphs.ToJson())
        {
            json[name] = graph;
        }

        return json;
    }

    /// <summary>Bash that declares what has the name of a variable and is text, a number, true, false, null, or a flat list or map of those.</summary>
    public static string ToShell(JObject json)
    {
        var text = new StringBuilder();
        foreach (var property in json.Properties().OrderBy(static property => property.Name, ByteText.Comparer))
        {
            if (!IsVariable(property.Name))
            {
                continue;
            }

            switch (property.Value)
            {
                case JValue value when Simple(value) is { } simple:
                    text.Append(CultureInfo.InvariantCulture, $"declare {property.Name}={simple}\n");
                    break;
                case JArray list when list.All(static item => Simple(item) is not null):
                    text.Append(CultureInfo.InvariantCulture, $"declare -a {property.Name}=({string.Concat(list.Select(static item => Simple(item) + " "))})\n");
                    break;
                case JObject map when map.Properties().All(static item => Simple(item.Value) is not null):
                    var items = map.Properties()
                        .OrderBy(static item => item.Name, ByteText.Comparer)
                        .Select(static item => $"[{ShellText.Quote(item.Name)}]={Simple(item.Value)} ");
                    text.Append(CultureInfo.InvariantCulture, $"declare -A {property.Name}=({string.Concat(items)})\n");
                    break;
            }
        }

        return text.ToString();
    }

    private static bool IsVariable(string name) =>
        name.Length > 0
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static string? Simple(JToken json) => json switch
    {
        JValue { Value: string text } => ShellText.Quote(text),
        JValue { Value: null } => "''",
        JValue { Value: bool truth } => truth ? "1" : "",
        JValue { Value: double number } => Math.Ceiling(number) == number && Math.Abs(number) < long.MaxValue ? ((long)number).ToString(CultureInfo.InvariantCulture) : null,
        JValue { Value: long or System.Numerics.BigInteger } number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
