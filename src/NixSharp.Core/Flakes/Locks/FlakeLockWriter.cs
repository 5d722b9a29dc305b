using Newtonsoft.Json.Linq;
using NixSharp.Flakes.References;
using NixSharp.Json;

namespace NixSharp.Flakes.Locks;

/// <summary>Writes lock files as Nix does: two spaces a level, names in byte order, and only what is not the default.</summary>
internal static class FlakeLockWriter
{
    public static string Write(FlakeLock @lock) => JsonText.Format(new JObject
    {
        ["nodes"] = new JObject(@lock.Nodes.Select(static pair => new JProperty(pair.Key, Write(pair.Value)))),
        ["root"] = @lock.Root,
        ["version"] = @lock.Version,
    });

    private static JObject Write(FlakeLockNode node)
    {
        List<JProperty> properties = [.. node.Other.Select(static property => new JProperty(property.Name, property.Value.DeepClone()))];
        if (!node.IsFlake)
        {
            properties.Add(new JProperty("flake", false));
        }

        if (node.Inputs.Count > 0)
        {
            properties.Add(new JProperty("inputs", new JObject(node.Inputs.Select(static pair => new JProperty(pair.Key, Write(pair.Value))))));
        }

        if (node.InfoNames.Count > 0)
        {
            properties.Add(new JProperty("info", Pick(node.Locked!, node.InfoNames.Contains)));
        }

        if (node.Locked is { } locked)
        {
            properties.Add(new JProperty("locked", node.InfoNames.Count == 0 ? locked.ToJson() : Pick(locked, name => !node.InfoNames.Contains(name))));
        }

        if (node.Original is { } original)
        {
            properties.Add(new JProperty("original", original.ToJson()));
        }

        if (node.Parent is { } parent)
        {
            properties.Add(new JProperty("parent", new JArray(parent)));
        }

        return new JObject(properties.OrderBy(static property => property.Name, StringComparer.Ordinal));
    }

    private static JToken Write(FlakeLockInput input) => input.Node is { } node ? new JValue(node) : new JArray(input.Follows!);

    private static JObject Pick(FlakeReference reference, Func<string, bool> isMeant) =>
        new(reference.ToJson().Properties().Where(property => isMeant(property.Name)));
}
