using Newtonsoft.Json.Linq;

namespace NixSharp.Derivations;

/// <summary>Takes attributes for what they should be, from a derivation's structured attributes or, without those, its environment.</summary>
internal sealed class AttributeReader
{
    private static readonly char[] WhiteSpace = [' ', '\t', '\n', '\r'];

    private readonly string _derivation;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly JObject? _json;

    private AttributeReader(string derivation, IReadOnlyDictionary<string, string> environment, StructuredAttributes? structured, JObject? json)
    {
        _derivation = derivation;
        _environment = environment;
        _json = json;
        Structured = structured;
    }

    public StructuredAttributes? Structured { get; }

    public static AttributeReader Of(Derivation derivation)
    {
        var structured = StructuredAttributes.Of(derivation);
        return new AttributeReader(derivation.Name, derivation.Environment, structured, structured?.Json);
    }

    public string? Text(string name) => _json is null
        ? _environment.GetValueOrDefault(name)
        : _json[name] is { } value ? TextOf(name, value) : null;

    public bool Truth(string name, bool otherwise = false) => _json is null
        ? _environment.TryGetValue(name, out var text) ? text == "1" : otherwise
        : _json[name] is { } value ? TruthOf(name, value) : otherwise;

    public long? Size(string name) => _json?[name] switch
    {
        null => null,
        JValue { Value: long size and >= 0 } => size,
        _ => throw Invalid(name, "it is not a number of bytes"),
    };

    /// <summary>A list of strings; in the environment, words.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (_json is null)
        {
            return _environment.TryGetValue(name, out var text) ? Words(text) : null;
        }

        return _json[name] switch
        {
            null => null,
            JArray list => [.. list.Select(value => TextOf(name, value))],
            _ => throw Invalid(name, "it is not a list of strings"),
        };
    }

    /// <summary>The keys of a map of booleans that are true; structured attributes only.</summary>
    public IReadOnlySet<string> TrueOf(string name) =>
        MapOf(name).Properties().Where(property => TruthOf(name, property.Value)).Select(static property => property.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The maps in a map, as attributes of their own; structured attributes only.</summary>
    public IEnumerable<KeyValuePair<string, AttributeReader>> PartsOf(string name)
    {
        foreach (var (key, value) in MapOf(name))
        {
            var map = value as JObject ?? throw Invalid(name, $"'{key}' in it is not a map");
            yield return new(key, new AttributeReader(_derivation, _environment, Structured, map));
        }
    }

    /// <summary>File names and what goes into them; <c>NAME PATH NAME PATH ...</c> in the environment.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> Graphs()
    {
        const string name = "exportReferencesGraph";
        var graphs = new Dictionary<string, IReadOnlyList<string>>();
        if (_json is null)
        {
            var words = Texts(name) ?? [];
            if (words.Count % 2 != 0)
            {
                throw Invalid(name, "a file name stands without a path");
            }

            for (var i = 0; i < words.Count; i += 2)
            {
                graphs[words[i]] = [.. graphs.GetValueOrDefault(words[i], []), words[i + 1]];
            }
        }

        foreach (var (key, value) in MapOf(name))
        {
            graphs[key] = value is JArray ? [.. value.Children().SelectMany(inner => Flatten(name, inner))] : [TextOf(name, value!)];
        }

        foreach (var file in graphs.Keys)
        {
            if (!IsFileName(file))
            {
                throw Invalid(name, $"'{file}' cannot be the name of a file there");
            }
        }

        return graphs;
    }

    public NixFormatException Invalid(string name, string why) => new(
        NixErrorCodes.InvalidDerivationOption,
        $"The attribute '{name}' of the derivation '{_derivation}' cannot be used: {why}. Correct the derivation.");

    private static string[] Words(string text) => text.Split(WhiteSpace, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsFileName(string name) =>
        name.Length > 0
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-');

    private IEnumerable<string> Flatten(string name, JToken value) => value is JArray list
        ? list.SelectMany(inner => Flatten(name, inner))
        : [TextOf(name, value)];

    private JObject MapOf(string name) => _json?[name] switch
    {
        null => [],
        JObject map => map,
        _ => throw Invalid(name, "it is not a map"),
    };

    private string TextOf(string name, JToken value) =>
        value is JValue { Value: string text } ? text : throw Invalid(name, "it has something else where a string should be");

    private bool TruthOf(string name, JToken value) =>
        value is JValue { Value: bool truth } ? truth : throw Invalid(name, "it has something else where true or false should be");
}
