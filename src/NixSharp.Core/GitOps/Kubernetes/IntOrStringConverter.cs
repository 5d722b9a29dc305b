using System.Globalization;
using NixSharp.GitOps.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>Numbers stay numbers in YAML, and texts are quoted where they would be taken for one.</summary>
internal sealed class IntOrStringConverter : IYamlTypeConverter
{
    public bool Accepts(Type type) => type == typeof(IntOrString) || type == typeof(IntOrString?);

    public object? ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer)
    {
        var scalar = parser.Consume<Scalar>();
        return scalar switch
        {
            { Style: ScalarStyle.Plain } when int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => new IntOrString(number),
            { Value.Length: > 0 } => new IntOrString(scalar.Value),
            _ => throw new YamlException(scalar.Start, scalar.End, "a number or a name was expected"),
        };
    }

    public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer)
    {
        var either = (IntOrString)value!;
        var style = either.Number is null ? ScalarStyles.Choose(either.ToString()) : ScalarStyle.Plain;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, either.ToString(), style, isPlainImplicit: true, isQuotedImplicit: true));
    }
}
