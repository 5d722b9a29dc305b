using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Flakes.Expressions;
using NixSharp.Json;

namespace NixSharp.GitOps.Nodes;

public sealed partial record NodeFlake
{
    private const int MaxFileSize = 4 << 20;

    /// <summary>
    /// Reads machines from JSON: <c>{ "description", "inputs": { NAME: URL or { "url", "follows": { INPUT: NAME } } }, "autoUpgrade": { "repository", "dates",
    /// "randomizedDelay", "allowReboot", "flags" }, "nodes": [ { "name", "system", "format", "modules", "hardware", "nixpkgs",
    /// "autoUpgrade" } ] }</c>.
    /// </summary>
    /// <exception cref="GitOpsException">The file describes no machines.</exception>
    /// <exception cref="NixFileException">The file is missing or unreadable.</exception>
    public static async Task<NodeFlake> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var text = await SmallFile.ReadTextAsync(full, MaxFileSize, NixErrorCodes.InvalidNodes, cancellationToken).ConfigureAwait(false);
        try
        {
            return Parse(text);
        }
        catch (Exception error) when (error is NixFormatException or FlakeException or GitOpsException)
        {
            throw new GitOpsException(NixErrorCodes.InvalidNodes, $"{full} describes no machines that can be made a flake of: {error.Message}", full, error);
        }
    }

    /// <summary>Reads the text of such a file.</summary>
    /// <exception cref="NixFormatException">It is none.</exception>
    /// <exception cref="FlakeException">The reference of an input makes no sense.</exception>
    /// <exception cref="GitOpsException">A machine cannot be described.</exception>
    public static NodeFlake Parse(string text)
    {
        var json = JsonNodes.Expect<JObject>(JsonText.Parse(text), "machines");
        Know(json, "description", "inputs", "autoUpgrade", "nodes");
        var flake = new NodeFlake
        {
            Description = OptionalText(json["description"], "a description"),
            Inputs = JsonNodes.Expect<JObject>(json["inputs"], "inputs").Properties()
                .ToDictionary(static input => input.Name, static input => ReadInput(input.Value)),
            AutoUpgrade = ReadUpgrade(json["autoUpgrade"]),
            Nodes = [.. JsonNodes.Items(json["nodes"], "a list of machines").Select(static node => ReadNode(JsonNodes.Expect<JObject>(node, "a machine")))],
        };
        NodeRules.Check(flake);
        return flake;
    }

    private static FlakeInput ReadInput(JToken token)
    {
        if (token is not JObject json)
        {
            return FlakeInput.From(JsonNodes.Text(token, "a flake reference"));
        }

        Know(json, "url", "follows");
        return FlakeInput.From(JsonNodes.Text(json["url"], "a flake reference")) with
        {
            InputFollows = (JsonNodes.IsNothing(json["follows"]) ? [] : JsonNodes.Expect<JObject>(json["follows"], "inputs that follow")).Properties()
                .ToDictionary(static input => input.Name, static input => JsonNodes.Text(input.Value, "the name of an input")),
        };
    }

    private static NixosNode ReadNode(JObject json)
    {
        Know(json, "name", "system", "format", "modules", "hardware", "nixpkgs", "autoUpgrade");
        var node = new NixosNode { Name = JsonNodes.Text(json["name"], "a name"), Modules = Texts(json["modules"]), Hardware = Texts(json["hardware"]), AutoUpgrade = ReadUpgrade(json["autoUpgrade"]) };
        return node with
        {
            System = OptionalText(json["system"], "a system") ?? node.System,
            Format = OptionalText(json["format"], "a format") ?? node.Format,
            Nixpkgs = OptionalText(json["nixpkgs"], "an input") ?? node.Nixpkgs,
        };
    }

    private static NodeAutoUpgrade? ReadUpgrade(JToken? token)
    {
        if (JsonNodes.IsNothing(token))
        {
            return null;
        }

        var json = JsonNodes.Expect<JObject>(token, "an automatic upgrade");
        Know(json, "repository", "dates", "randomizedDelay", "allowReboot", "flags");
        var upgrade = new NodeAutoUpgrade { Repository = JsonNodes.Text(json["repository"], "a repository"), Dates = OptionalText(json["dates"], "times") };
        return upgrade with
        {
            RandomizedDelay = OptionalText(json["randomizedDelay"], "a delay") ?? upgrade.RandomizedDelay,
            AllowReboot = JsonNodes.Boolean(json["allowReboot"], "allowReboot") ?? upgrade.AllowReboot,
            Flags = JsonNodes.IsNothing(json["flags"]) ? upgrade.Flags : Texts(json["flags"]),
        };
    }

    private static void Know(JObject json, params string[] names)
    {
        if (json.Properties().FirstOrDefault(property => !names.Contains(property.Name)) is { } unknown)
        {
            throw JsonNodes.Invalid($"nothing is known of '{unknown.Path}'");
        }
    }

    private static string? OptionalText(JToken? json, string what) => JsonNodes.IsNothing(json) ? null : JsonNodes.Text(json, what);

    private static List<string> Texts(JToken? json) => [.. JsonNodes.Items(json, "a list").Select(static text => JsonNodes.Text(text, "a text"))];
}
