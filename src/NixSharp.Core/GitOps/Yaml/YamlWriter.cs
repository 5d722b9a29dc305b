using YamlDotNet.Serialization;

namespace NixSharp.GitOps.Yaml;

/// <summary>Writes texts, numbers, lists and dictionaries, in the order that they have.</summary>
internal static class YamlWriter
{
    private static readonly Lazy<ISerializer> Serializer = new(static () => new SerializerBuilder()
        .WithEventEmitter(static next => new ScalarStyleEmitter(next))
        .WithIndentedSequences()
        .DisableAliases()
        .WithNewLine("\n")
        .Build());

    /// <summary>Writes one document.</summary>
    public static string Write(IReadOnlyDictionary<string, object> document) => Serializer.Value.Serialize(document);
}
