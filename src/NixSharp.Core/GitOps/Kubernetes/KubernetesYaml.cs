using NixSharp.GitOps.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>Writes objects as YAML, and reads them.</summary>
public static class KubernetesYaml
{
    private static readonly Lazy<ISerializer> Serializer = new(static () => new SerializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .WithTypeConverter(new IntOrStringConverter())
        .WithEventEmitter(static next => new ScalarStyleEmitter(next))
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull | DefaultValuesHandling.OmitEmptyCollections)
        .DisableAliases()
        .WithNewLine("\n")
        .Build());

    private static readonly Lazy<IDeserializer> Deserializer = new(static () => new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .WithTypeConverter(new IntOrStringConverter())
        .WithNodeTypeResolver(new ReadOnlyCollections())
        .WithEnforceRequiredMembers()
        .WithDuplicateKeyChecking()
        .Build());

    /// <summary>Writes one document, without a line of dashes.</summary>
    public static string Write(KubernetesObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Serializer.Value.Serialize(value, value.GetType());
    }

    /// <summary>Writes several objects, with a line of dashes between them.</summary>
    public static string Write(IEnumerable<KubernetesObject> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return string.Join("---\n", values.Select(Write));
    }

    /// <summary>Reads objects of the kinds that have a type here.</summary>
    /// <param name="text">YAML documents; JSON is YAML too.</param>
    /// <param name="origin">Where the text is from, for messages.</param>
    /// <exception cref="GitOpsException">The text is no YAML, or an object is of another kind, or has other fields.</exception>
    public static IReadOnlyList<KubernetesObject> Read(string text, string origin = "the manifest")
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return [.. YamlDocuments.Split(text).Select(document => ReadOne(document, origin))];
        }
        catch (YamlException error)
        {
            throw ManifestProblem.At(origin, error);
        }
    }

    /// <summary>Reads the one document of a text, of any type that is made of the types here, texts, lists and dictionaries.</summary>
    /// <exception cref="GitOpsException">It is something else.</exception>
    internal static T ReadAny<T>(string text, string origin, string code)
        where T : class
    {
        try
        {
            return YamlDocuments.Split(text).ToList() is [var only] && ReadOne(only, typeof(T)) is T value ? value : throw new YamlException("one document was expected");
        }
        catch (YamlException error)
        {
            throw new GitOpsException(code, $"{origin} cannot be used: {ManifestProblem.Explain(error)}. Correct it; its fields are named as the properties of {typeof(T).Name}, with a small letter in front.", origin, error);
        }
    }

    /// <summary>Writes one document of any type that is made of the types here, texts, lists and dictionaries.</summary>
    internal static string WriteAny(object value) => Serializer.Value.Serialize(value, value.GetType());

    private static object? ReadOne(IReadOnlyList<ParsingEvent> document, Type type) =>
        YamlText.Guard(() => Deserializer.Value.Deserialize(new BufferedParser(document), type));

    private static KubernetesObject ReadOne(IReadOnlyList<ParsingEvent> document, string origin)
    {
        var (version, kind) = (YamlDocuments.Find(document, "apiVersion"), YamlDocuments.Find(document, "kind"));
        var type = KubernetesKinds.Find(version, kind) ?? throw ManifestProblem.At(
            origin,
            kind is null || version is null ? "an object without apiVersion and kind" : $"a {kind} of {version}, which has no type here",
            document[0].Start);
        return (KubernetesObject?)ReadOne(document, type) ?? throw ManifestProblem.At(origin, "an empty document", document[0].Start);
    }
}
