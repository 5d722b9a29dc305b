using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.Derivations;

/// <summary>Outputs in JSON: <c>["*"]</c>, or a list of names; <c>null</c> where the default is meant.</summary>
public static class OutputsSpecJson
{
    private const string All = "*";

    /// <summary>Writes the list.</summary>
    public static JArray Write(OutputsSpec outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.IsAll ? [All] : new JArray(outputs.Names);
    }

    /// <summary>Writes the list, or null where the installable's own default is meant.</summary>
    public static JToken WriteExtended(OutputsSpec? outputs) => outputs is null ? JValue.CreateNull() : Write(outputs);

    /// <summary>Reads the list.</summary>
    /// <exception cref="NixFormatException">The JSON names no outputs.</exception>
    public static OutputsSpec Read(JToken? json)
    {
        var names = JsonNodes.Expect<JArray>(json, "a list of outputs").Select(ReadName).ToList();
        return names switch
        {
            [] => throw JsonNodes.Missing(json, "at least one output"),
            [All] => OutputsSpec.All,
            _ when names.Contains(All) => throw JsonNodes.Missing(json, "either '*' or the names of outputs"),
            _ => OutputsSpec.Of(names),
        };
    }

    /// <summary>Reads the list; null stands for the installable's own default.</summary>
    /// <exception cref="NixFormatException">The JSON names no outputs.</exception>
    public static OutputsSpec? ReadExtended(JToken? json) => JsonNodes.IsNothing(json) ? null : Read(json);

    internal static string ReadName(JToken? json) =>
        JsonNodes.Text(json, "the name of an output") is var name && name.Length > 0 && !name.AsSpan().ContainsAny("!^,/\0")
            ? name
            : throw JsonNodes.Missing(json, "the name of an output");
}
