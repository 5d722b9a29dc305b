using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Writes one layout of derivations in JSON. The oldest has its keys in an order of its own, later ones sort them.</summary>
internal sealed class DerivationJsonWriter(DerivationJsonFormat format)
{
    private bool HasBaseNames => format >= DerivationJsonFormat.Version3;

    public string PathText(StorePath path) => HasBaseNames ? path.BaseName : path.ToString();

    public JObject Write(Derivation derivation)
    {
        var structured = format >= DerivationJsonFormat.Nix230 ? StructuredAttributes.Of(derivation) : null;
        var environment = Map(derivation.Environment.Where(pair => structured is null || pair.Key != StructuredAttributes.Variable), static value => value);
        var outputs = Map(derivation.Outputs, (name, output) => WriteOutput(derivation, name, output));
        var arguments = new JArray(derivation.Arguments);
        var sources = new JArray(InByteOrder.Sorted(derivation.InputSources).Select(PathText));
        var inputs = new JObject(InByteOrder.Sorted(derivation.InputDerivations).Select(pair => new JProperty(PathText(pair.Key), WriteInput(pair.Value))));
        if (format == DerivationJsonFormat.Nix23)
        {
            return new JObject
            {
                ["outputs"] = outputs,
                ["inputSrcs"] = sources,
                ["inputDrvs"] = inputs,
                ["system"] = derivation.System,
                ["builder"] = derivation.Builder,
                ["args"] = arguments,
                ["env"] = environment,
            };
        }

        var json = new JObject { ["args"] = arguments, ["builder"] = derivation.Builder, ["env"] = environment };
        if (format >= DerivationJsonFormat.Version4)
        {
            json["inputs"] = new JObject { ["drvs"] = inputs, ["srcs"] = sources };
        }
        else
        {
            json["inputDrvs"] = inputs;
            json["inputSrcs"] = sources;
        }

        json["name"] = derivation.Name;
        json["outputs"] = outputs;
        if (structured is not null)
        {
            json["structuredAttrs"] = Sorted(structured.Json);
        }

        json["system"] = derivation.System;
        if (format >= DerivationJsonFormat.Version3)
        {
            json["version"] = format == DerivationJsonFormat.Version3 ? 3 : 4;
        }

        return json;
    }

    private static JObject Map<T>(IEnumerable<KeyValuePair<string, T>> map, Func<T, JToken> write) =>
        Map(map, (_, value) => write(value));

    private static JObject Map<T>(IEnumerable<KeyValuePair<string, T>> map, Func<string, T, JToken> write) =>
        new(map.OrderBy(static pair => pair.Key, ByteText.Comparer).Select(pair => new JProperty(pair.Key, write(pair.Key, pair.Value))));

    private static JToken Sorted(JToken json) => json switch
    {
        JObject map => new JObject(map.Properties().OrderBy(static property => property.Name, ByteText.Comparer).Select(static property => new JProperty(property.Name, Sorted(property.Value)))),
        JArray list => new JArray(list.Select(Sorted)),
        _ => json.DeepClone(),
    };

    private JToken WriteInput(DerivationInput input)
    {
        var outputs = new JArray(InByteOrder.Sorted(input.Outputs));
        return format < DerivationJsonFormat.Nix218
            ? outputs
            : new JObject { ["dynamicOutputs"] = Map(input.DynamicOutputs, WriteInput), ["outputs"] = outputs };
    }

    private JObject WriteOutput(Derivation derivation, string name, DerivationOutput output)
    {
        switch (output)
        {
            case DerivationOutput.InputAddressed known:
                return new JObject { ["path"] = PathText(known.Path) };
            case DerivationOutput.Fixed { Address: var address }:
                if (format >= DerivationJsonFormat.Version4)
                {
                    return new JObject { ["hash"] = address.Hash.ToString(HashFormat.Sri), ["method"] = address.AddressMethod.GetName() };
                }

                var path = Derivation.PathOf(derivation.Name, name, address, derivation.StoreDirectory).ToString();
                var hash = address.Hash.ToDigestString(HashFormat.Base16);
                if (format == DerivationJsonFormat.Nix23)
                {
                    var oldest = AddMethod(new JObject { ["path"] = path }, address.AddressMethod, address.Hash.Algorithm);
                    oldest["hash"] = hash;
                    return oldest;
                }

                var json = AddMethod(new JObject { ["hash"] = hash }, address.AddressMethod, address.Hash.Algorithm);
                if (format != DerivationJsonFormat.Version3)
                {
                    json["path"] = path;
                }

                return json;
            case DerivationOutput.Floating floating:
                return AddMethod([], floating.Method, floating.Algorithm);
            case DerivationOutput.Impure impure:
                var impureJson = format < DerivationJsonFormat.Nix223 ? AddMethod([], impure.Method, impure.Algorithm) : new JObject { ["hashAlgo"] = impure.Algorithm.GetName() };
                impureJson["impure"] = true;
                return format < DerivationJsonFormat.Nix223 ? impureJson : AddMethod(impureJson, impure.Method, impure.Algorithm);
            default:
                return [];
        }
    }

    private JObject AddMethod(JObject json, ContentAddressMethod method, NixHashAlgorithm algorithm)
    {
        if (format < DerivationJsonFormat.Nix223)
        {
            json["hashAlgo"] = OutputFields.AlgorithmOf(method, algorithm);
            return json;
        }

        json["hashAlgo"] = algorithm.GetName();
        json["method"] = method.GetName();
        return json;
    }
}
