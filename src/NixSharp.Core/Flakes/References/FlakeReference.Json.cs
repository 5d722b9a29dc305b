using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json.Linq;

namespace NixSharp.Flakes.References;

public sealed partial class FlakeReference
{
    /// <summary>Reads the attribute set, as lock files and <c>nix flake metadata --json</c> have it.</summary>
    /// <exception cref="FlakeException">The JSON is no flake reference.</exception>
    public static FlakeReference FromJson(JToken? json)
    {
        if (json is not JObject set)
        {
            throw FlakeReferenceRules.Invalid("an attribute set was expected");
        }

        if (set["type"] is not JValue { Value: string name } || !FlakeReferenceTypes.TryParse(name, out var type))
        {
            throw FlakeReferenceRules.Invalid($"its type is {set["type"]?.ToString(Newtonsoft.Json.Formatting.None) ?? "missing"}");
        }

        return new FlakeReference(type, set.Properties().Where(static property => property.Name != "type").Select(static property => (property.Name, ReadAttribute(property))));
    }

    /// <summary>Writes the attribute set, with names in byte order.</summary>
    public JObject ToJson() => new(_attributes.Append(new("type", Type.GetName()))
        .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
        .Select(static pair => new JProperty(pair.Key, ToJson(pair.Value))));

    internal static JValue ToJson(FlakeValue value) =>
        value.Number is { } number ? new JValue(number) : value.Flag is { } flag ? new JValue(flag) : new JValue(value.Text);

    [SuppressMessage("Style", "IDE0072", Justification = "All else is refused.")]
    internal static FlakeValue ReadAttribute(JProperty property) => property.Value switch
    {
        JValue { Value: string text } => text,
        JValue { Value: bool flag } => flag,
        JValue { Value: long number and >= 0 } => number,
        _ => throw FlakeReferenceRules.Invalid($"the attribute '{property.Name}' is neither text nor a number nor true or false"),
    };
}
