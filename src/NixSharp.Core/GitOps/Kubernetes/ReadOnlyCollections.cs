using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>Says what is made where a property is a list or dictionary that can only be read.</summary>
internal sealed class ReadOnlyCollections : INodeTypeResolver
{
    public bool Resolve(NodeEvent? nodeEvent, ref Type currentType)
    {
        if (!currentType.IsGenericType)
        {
            return false;
        }

        var definition = currentType.GetGenericTypeDefinition();
        var made = definition == typeof(IReadOnlyList<>) ? typeof(List<>) : definition == typeof(IReadOnlyDictionary<,>) ? typeof(Dictionary<,>) : null;
        currentType = made?.MakeGenericType(currentType.GetGenericArguments()) ?? currentType;
        return made is not null;
    }
}
