using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Reads derivations in JSON. The layouts are told apart by what is there, piece by piece.</summary>
internal sealed class DerivationJsonReader(StoreDirectory directory)
{
    private const int MaxDepth = 64;

    public IReadOnlyDictionary<StorePath, Derivation> ReadMany(JObject map)
    {
        var derivations = new Dictionary<StorePath, Derivation>();
        foreach (var (key, value) in map)
        {
            if (key is "version")
            {
                continue;
            }

            var path = PathOf(new JValue(key));
            derivations[path] = Read(Expect<JObject>(value, key), Derivation.NameOf(path));
        }

        return derivations;
    }

    public Derivation Read(JObject json, string? name)
    {
        if (json["version"] is { } version && !(version is JValue { Value: long number and >= 0 and <= 4 } && number is not (1 or 2)))
        {
            throw Invalid($"its version is {version}, and 3 and 4 are known");
        }

        var stated = json["name"] is { } inside ? Text(inside, "name") : name
            ?? throw Invalid("it has no name, as in Nix before 2.15, and none is known otherwise");
        if (name is not null && name != stated)
        {
            throw Invalid($"it is called '{stated}', and its path says '{name}'");
        }

        Derivation.CheckName(stated);
        var inputs = json["inputs"] is { } both ? Expect<JObject>(both, "inputs") : null;
        var environment = Expect<JObject>(json["env"], "env").Properties().ToDictionary(static property => property.Name, static property => Text(property.Value, property.Name));
        if (json["structuredAttrs"] is { Type: not JTokenType.Null } attributes
            && !environment.TryAdd(StructuredAttributes.Variable, StructuredAttributes.From(Expect<JObject>(attributes, "structuredAttrs")).Text))
        {
            throw Invalid($"it has both structuredAttrs and the variable {StructuredAttributes.Variable}");
        }

        return new Derivation
        {
            Name = stated,
            StoreDirectory = directory,
            Outputs = Expect<JObject>(json["outputs"], "outputs").Properties().ToDictionary(static property => property.Name, property => ReadOutput(stated, property.Name, Expect<JObject>(property.Value, "an output"))),
            InputSources = [.. Expect<JArray>(inputs is null ? json["inputSrcs"] : inputs["srcs"], "the input sources").Select(PathOf).Distinct().Order()],
            InputDerivations = Expect<JObject>(inputs is null ? json["inputDrvs"] : inputs["drvs"], "the input derivations").Properties().ToDictionary(property => PathOf(new JValue(property.Name)), static property => ReadInput(property.Value, 0)),
            System = Text(json["system"], "system"),
            Builder = Text(json["builder"], "builder"),
            Arguments = Texts(json["args"], "args"),
            Environment = environment,
        };
    }

    internal static NixFormatException Invalid(string why) =>
        new(NixErrorCodes.InvalidDerivationJson, $"This JSON is not a derivation: {why}. Give what 'nix derivation show' prints.");

    private static DerivationInput ReadInput(JToken json, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Invalid($"derivations are outputs of derivations more than {MaxDepth} deep");
        }

        return json is JArray
            ? new DerivationInput { Outputs = Names(json) }
            : new DerivationInput
            {
                Outputs = Names(Expect<JObject>(json, "an input")["outputs"]),
                DynamicOutputs = json["dynamicOutputs"] is { } dynamic
                    ? Expect<JObject>(dynamic, "dynamicOutputs").Properties().ToDictionary(static property => property.Name, property => ReadInput(property.Value, depth + 1))
                    : new Dictionary<string, DerivationInput>(),
            };
    }

    private DerivationOutput ReadOutput(string derivation, string name, JObject json)
    {
        Derivation.CheckOutputName(name);
        var (method, algorithm) = ReadMethod(json);
        if (json["impure"] is JValue { Value: true })
        {
            return new DerivationOutput.Impure(method, algorithm ?? throw Invalid($"the output '{name}' has no hash algorithm"));
        }

        if (json["hash"] is not { } hash)
        {
            return algorithm is { } floating ? new DerivationOutput.Floating(method, floating)
                : json["path"] is { Type: not JTokenType.Null } path ? new DerivationOutput.InputAddressed(PathOf(path))
                : new DerivationOutput.Deferred();
        }

        var address = ContentAddress.Of(method, NixHash.Parse(Text(hash, "hash"), algorithm));
        var expected = Derivation.PathOf(derivation, name, address, directory);
        return json["path"] is { } stated && PathOf(stated) is var found && found != expected
            ? throw new NixFormatException(
                NixErrorCodes.DerivationOutputMismatch,
                $"The output '{name}' of the derivation '{derivation}' should have the path {expected}, which follows from its hash, and has {found}. Correct the hash or the path.")
            : new DerivationOutput.Fixed(address);
    }

    private static (ContentAddressMethod Method, NixHashAlgorithm? Algorithm) ReadMethod(JObject json)
    {
        var method = ContentAddressMethod.Flat;
        NixHashAlgorithm? algorithm = null;
        if (json["hashAlgo"] is { } text)
        {
            var rest = Text(text, "hashAlgo").AsSpan();
            method = ContentAddressMethods.TakePrefix(ref rest);
            algorithm = NixHashAlgorithms.Parse(rest);
        }

        if (json["method"] is { } stated && !ContentAddressMethods.TryParse(Text(stated, "method"), out method))
        {
            throw Invalid($"'{stated}' is not a method; flat, nar, text and git are");
        }

        return (method, algorithm);
    }

    private StorePath PathOf(JToken json)
    {
        var text = Text(json, "a store path");
        return text.StartsWith('/') ? StorePath.Parse(text, directory) : StorePath.ParseBaseName(text, directory);
    }

    private static IReadOnlyList<string> Names(JToken? json) =>
        [.. Texts(json, "the outputs of an input").Distinct(StringComparer.Ordinal).Order(ByteText.Comparer)];

    private static IReadOnlyList<string> Texts(JToken? json, string what) => [.. Expect<JArray>(json, what).Select(item => Text(item, what))];

    private static T Expect<T>(JToken? json, string what)
        where T : JToken =>
        json as T ?? throw Invalid($"{what} should be {(typeof(T) == typeof(JArray) ? "a list" : "a map")}{Where(json)}");

    private static string Text(JToken? json, string what) =>
        json is JValue { Value: string text } ? text : throw Invalid($"{what} should be a string{Where(json)}");

    private static string Where(JToken? json) => json is null ? ", and is not there" : json.Path.Length > 0 ? $", at '{json.Path}'" : "";
}
