using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.Derivations;

/// <summary>A derivation's structured attributes: JSON, kept as the text that the derivation has.</summary>
public sealed class StructuredAttributes
{
    /// <summary>The variable that holds the text.</summary>
    public const string Variable = "__json";

    private StructuredAttributes(string text, JObject json)
    {
        Text = text;
        Json = json;
    }

    /// <summary>The text, to the byte. Writing the JSON again may give other bytes and so another derivation.</summary>
    public string Text { get; }

    /// <summary>The attributes.</summary>
    public JObject Json { get; }

    /// <summary>Writes attributes as Nix does: no white space, keys in order.</summary>
    public static StructuredAttributes From(JObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new StructuredAttributes(NixJsonText.Write(json), json);
    }

    /// <summary>Reads the text.</summary>
    /// <exception cref="NixFormatException">It is no JSON object.</exception>
    public static StructuredAttributes Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return JsonText.TryParse(text, out var json, out var why) && json is JObject attributes
            ? new StructuredAttributes(text, attributes)
            : throw new NixFormatException(
                NixErrorCodes.InvalidDerivationOption,
                $"The structured attributes in {Variable} are not a JSON object{(why is null ? "" : $": {why.TrimEnd('.')}")}. Correct what writes the derivation.");
    }

    /// <summary>The structured attributes of a derivation; null where it has none.</summary>
    /// <exception cref="NixFormatException">The variable holds no JSON object.</exception>
    public static StructuredAttributes? Of(Derivation derivation)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        return derivation.Environment.TryGetValue(Variable, out var text) ? Parse(text) : null;
    }

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
