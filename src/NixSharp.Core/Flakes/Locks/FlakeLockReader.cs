using Newtonsoft.Json.Linq;
using NixSharp.Flakes.References;
using NixSharp.Json;

namespace NixSharp.Flakes.Locks;

/// <summary>Reads lock files strictly.</summary>
internal static class FlakeLockReader
{
    private const int MaxNodes = 100_000;

    public static FlakeLock Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Read(JsonNodes.Expect<JObject>(JsonText.Parse(text), "an object"));
        }
        catch (NixFormatException error)
        {
            throw FlakeLock.Invalid(error.Message.TrimEnd('.'), error);
        }
    }

    private static FlakeLock Read(JObject json)
    {
        // The version first: what else is in the file depends on it.
        var version = JsonNodes.Number(json["version"], "the version") ?? throw FlakeLock.Invalid("it has no version");
        if (version is < FlakeLock.OldestVersion or > FlakeLock.NewestVersion)
        {
            throw new FlakeException(
                NixErrorCodes.UnknownFlakeLockVersion,
                version > FlakeLock.NewestVersion
                    ? $"The lock file has version {version}, which is from the future: versions {FlakeLock.OldestVersion} to {FlakeLock.NewestVersion} are known. Use a newer NixSharp, or have an older Nix lock the flake again."
                    : $"The lock file has version {version}, which is too old: versions {FlakeLock.OldestVersion} to {FlakeLock.NewestVersion} are known. Have Nix lock the flake again with 'nix flake lock'.");
        }

        if (json.Properties().Select(static property => property.Name).FirstOrDefault(static name => name is not ("nodes" or "root" or "version")) is { } unknown)
        {
            throw FlakeLock.Invalid($"nothing is known of '{unknown}'");
        }

        var nodes = JsonNodes.Expect<JObject>(json["nodes"], "the nodes");
        if (nodes.Count > MaxNodes)
        {
            throw FlakeLock.Invalid($"it has {nodes.Count} nodes, and {MaxNodes} are allowed");
        }

        return new FlakeLock(
            nodes.Properties().ToDictionary(static property => property.Name, static property => ReadNode(property)),
            JsonNodes.Text(json["root"], "the name of the root"),
            (int)version);
    }

    private static FlakeLockNode ReadNode(JProperty property)
    {
        var json = JsonNodes.Expect<JObject>(property.Value, $"the node '{property.Name}'");
        try
        {
            return new FlakeLockNode
            {
                Inputs = ReadInputs(json["inputs"]),
                Locked = json["locked"] is { } locked ? FlakeReference.FromJson(WithInfo(locked, json["info"])) : null,
                Original = json["original"] is { } original ? FlakeReference.FromJson(original) : null,
                IsFlake = JsonNodes.Boolean(json["flake"], "whether it is a flake") ?? true,
                Parent = json["parent"] is { } parent ? ReadPath(parent) : null,
                InfoNames = json["info"] is JObject info ? [.. info.Properties().Select(static value => value.Name)] : [],
                Other = [.. json.Properties().Where(static value => value.Name is not ("inputs" or "locked" or "original" or "flake" or "parent" or "info"))],
            };
        }
        catch (FlakeException error)
        {
            throw FlakeLock.Invalid($"the node '{property.Name}' makes no sense. {error.Message.TrimEnd('.')}", error);
        }
    }

    private static JToken WithInfo(JToken locked, JToken? info)
    {
        if (info is null)
        {
            return locked;
        }

        var all = (JObject)JsonNodes.Expect<JObject>(locked, "what is locked").DeepClone();
        all.Merge(JsonNodes.Expect<JObject>(info, "the information"));
        return all;
    }

    private static SortedDictionary<string, FlakeLockInput> ReadInputs(JToken? json)
    {
        var inputs = new SortedDictionary<string, FlakeLockInput>(StringComparer.Ordinal);
        foreach (var property in json is null ? [] : JsonNodes.Expect<JObject>(json, "inputs").Properties())
        {
            inputs[property.Name] = property.Value is JArray path
                ? FlakeLockInput.Following(ReadPath(path))
                : FlakeLockInput.ToNode(JsonNodes.Text(property.Value, "the name of a node") is { Length: > 0 } name ? name : throw JsonNodes.Missing(property.Value, "the name of a node"));
        }

        return inputs;
    }

    private static List<string> ReadPath(JToken json) =>
        [.. JsonNodes.Expect<JArray>(json, "a list of inputs").Select(static name => JsonNodes.Text(name, "the name of an input"))];
}
