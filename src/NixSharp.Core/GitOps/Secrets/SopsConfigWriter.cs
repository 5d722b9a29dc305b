using System.Globalization;
using NixSharp.GitOps.Yaml;
using YamlDotNet.RepresentationModel;

namespace NixSharp.GitOps.Secrets;

/// <summary>Writes <c>.sops.yaml</c>, with all that was read and is not known.</summary>
internal static class SopsConfigWriter
{
    private static readonly string[] Known = ["path_regex", "key_groups", "shamir_threshold", "encrypted_regex", "unencrypted_regex", "age", "pgp", "kms"];

    public static string Write(SopsConfig config)
    {
        var root = new YamlMappingNode();
        foreach (var (name, value) in config.Source.Children.Where(static pair => pair.Key is not YamlScalarNode { Value: "creation_rules" }))
        {
            root.Add(name, value);
        }

        root.Add("creation_rules", new YamlSequenceNode(config.Rules.Select(Write)));
        return YamlText.Write(root);
    }

    private static YamlNode Write(SopsRule rule)
    {
        // A rule that says what it said is written as it was: in its short form, with its anchors.
        if (rule.Source is { } source && YamlText.Write(Make(SopsConfigReader.ReadRule(source))) == YamlText.Write(Make(rule)))
        {
            return source;
        }

        return Make(rule);
    }

    private static YamlMappingNode Make(SopsRule rule)
    {
        var map = new YamlMappingNode();
        Add(map, "path_regex", rule.PathRegex);
        Add(map, "encrypted_regex", rule.EncryptedRegex);
        Add(map, "unencrypted_regex", rule.UnencryptedRegex);
        Add(map, "shamir_threshold", rule.ShamirThreshold?.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in rule.Source?.Children.Where(static pair => pair.Key is not YamlScalarNode { Value: { } name } || !Known.Contains(name)) ?? [])
        {
            map.Add(name, value);
        }

        if (rule.KeyGroups.Count > 0)
        {
            map.Add("key_groups", new YamlSequenceNode(rule.KeyGroups.Select(Make)));
        }

        return map;
    }

    private static YamlMappingNode Make(SopsKeyGroup group)
    {
        var map = new YamlMappingNode();
        AddAll(map, "age", group.Age.Select(static key => (YamlNode)new YamlScalarNode(key)));
        AddAll(map, "pgp", group.Pgp.Select(static key => (YamlNode)new YamlScalarNode(key)));
        AddAll(map, "kms", group.Kms.Select(Make));
        foreach (var (name, value) in group.Other)
        {
            map.Add(name, value);
        }

        return map;
    }

    private static YamlMappingNode Make(SopsKmsKey key)
    {
        var map = new YamlMappingNode { { "arn", key.Arn } };
        Add(map, "role", key.Role);
        Add(map, "aws_profile", key.Profile);
        if (key.Context.Count > 0)
        {
            map.Add("context", new YamlMappingNode(key.Context.Select(static pair => new KeyValuePair<YamlNode, YamlNode>(pair.Key, pair.Value))));
        }

        return map;
    }

    private static void Add(YamlMappingNode map, string name, string? value)
    {
        if (value is not null)
        {
            map.Add(name, value);
        }
    }

    private static void AddAll(YamlMappingNode map, string name, IEnumerable<YamlNode> values)
    {
        var list = values.ToList();
        if (list.Count > 0)
        {
            map.Add(name, new YamlSequenceNode(list));
        }
    }
}
