using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// What can be realised, in JSON: a store path, or <c>{"drvPath": ..., "outputs": [...]}</c>. What names one output says
/// <c>"output": "NAME"</c>: every inner derivation does, and a <em>single</em> derived path.
/// </summary>
public static class DerivedPathJson
{
    /// <summary>Writes the form with <c>outputs</c>.</summary>
    /// <exception cref="NixFormatException">An inner derivation is more than one output of another.</exception>
    public static JToken Write(DerivedPath path) => path is DerivedPath.Built built
        ? new JObject { ["drvPath"] = WriteSingle(built.Derivation), ["outputs"] = OutputsSpecJson.Write(built.Outputs) }
        : WriteSingle(path);

    /// <summary>Writes the form with <c>output</c>, for what names one output at most.</summary>
    /// <exception cref="NixFormatException">The path names several outputs.</exception>
    public static JToken WriteSingle(DerivedPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path switch
        {
            DerivedPath.Opaque opaque => StorePathJson.Write(opaque.Path),
            DerivedPath.Built { Outputs.Names: [var output] } built => new JObject { ["drvPath"] = WriteSingle(built.Derivation), ["output"] = output },
            _ => throw JsonNodes.Invalid($"'{path}' names more than one output, and here it may be only one"),
        };
    }

    /// <summary>Reads either form.</summary>
    /// <exception cref="NixFormatException">The JSON is neither.</exception>
    public static DerivedPath Read(JToken? json, StoreDirectory? directory = null) => json is JObject built && built.ContainsKey("outputs")
        ? new DerivedPath.Built(ReadSingle(built["drvPath"], directory), OutputsSpecJson.Read(built["outputs"]))
        : ReadSingle(json, directory);

    /// <summary>Reads the form with <c>output</c>, or a store path.</summary>
    /// <exception cref="NixFormatException">The JSON is neither.</exception>
    public static DerivedPath ReadSingle(JToken? json, StoreDirectory? directory = null) => json is JObject built
        ? new DerivedPath.Built(ReadSingle(built["drvPath"], directory), OutputsSpec.Of(OutputsSpecJson.ReadName(built["output"])))
        : DerivedPath.Of(StorePathJson.Read(json, directory));
}
