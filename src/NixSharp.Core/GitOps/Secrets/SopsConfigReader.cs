using System.Globalization;
using NixSharp.GitOps.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NixSharp.GitOps.Secrets;

/// <summary>Reads the rules out of <c>.sops.yaml</c>.</summary>
internal static class SopsConfigReader
{
    private const int MaxRules = 10_000;

    public static SopsConfig Read(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            var root = YamlText.Load(text) switch
            {
                null => new YamlMappingNode(),
                YamlMappingNode map => map,
                var other => throw Wrong(other, "a mapping was expected"),
            };
            var rules = Find(root, "creation_rules") is { } list ? Items(list).Select(ReadRule).ToList() : [];
            return rules.Count <= MaxRules ? new SopsConfig(rules, root) : throw new YamlException($"it has {rules.Count} rules, and {MaxRules} are allowed");
        }
        catch (YamlException error)
        {
            var where = error.Start.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $" in line {error.Start.Line}") : "";
            throw Invalid(file, $"{error.Message.TrimEnd('.')}{where}", error);
        }
        catch (ArgumentException error)
        {
            throw Invalid(file, error.Message.TrimEnd('.'), error);
        }
    }

    public static SopsRule ReadRule(YamlNode node)
    {
        var map = node as YamlMappingNode ?? throw Wrong(node, "a rule was expected");
        var groups = Find(map, "key_groups") is { } list ? Items(list).Select(ReadGroup).ToList() : [];

        // The short form: one group, whose keys stand in the rule itself.
        var own = ReadGroup(map, isRule: true);
        if (own.Age.Count + own.Pgp.Count + own.Kms.Count > 0 && groups.Count == 0)
        {
            groups.Add(own);
        }

        return new SopsRule
        {
            PathRegex = Text(Find(map, "path_regex")),
            KeyGroups = groups,
            ShamirThreshold = Text(Find(map, "shamir_threshold")) is { } number
                ? int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var threshold) ? threshold : throw Wrong(map, $"shamir_threshold is '{number}', and a number belongs there")
                : null,
            EncryptedRegex = Text(Find(map, "encrypted_regex")),
            UnencryptedRegex = Text(Find(map, "unencrypted_regex")),
            Source = map,
        };
    }

    public static YamlNode? Find(YamlMappingNode map, string name) =>
        map.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode key && key.Value == name).Value;

    public static GitOpsException Invalid(string file, string why, Exception? error = null) => new(
        NixErrorCodes.InvalidSopsConfig,
        $"{file} cannot be used: {why}. Correct it; 'creation_rules' is a list of rules with 'path_regex' and 'age', 'pgp', 'kms' or 'key_groups'.",
        file,
        error);

    private static SopsKeyGroup ReadGroup(YamlNode node) => ReadGroup(node as YamlMappingNode ?? throw Wrong(node, "a group of keys was expected"), isRule: false);

    private static SopsKeyGroup ReadGroup(YamlMappingNode map, bool isRule) => new()
    {
        Age = Keys(Find(map, "age")),
        Pgp = Keys(Find(map, "pgp")),
        Kms = isRule ? [.. Keys(Find(map, "kms")).Select(ReadShortKms)] : [.. (Find(map, "kms") is { } list ? Items(list) : []).Select(ReadKms)],
        Other = isRule ? [] : [.. map.Children.Where(static pair => pair.Key is not YamlScalarNode { Value: "age" or "pgp" or "kms" })],
    };

    // ARN+ROLE, as sops takes it on its command line.
    private static SopsKmsKey ReadShortKms(string text) => text.Split('+', 2) is [var arn, var role] ? new SopsKmsKey(arn) { Role = role } : new SopsKmsKey(text);

    private static SopsKmsKey ReadKms(YamlNode node) => node is YamlMappingNode map
        ? new SopsKmsKey(Text(Find(map, "arn")) ?? throw Wrong(node, "the key of KMS has no 'arn'"))
        {
            Role = Text(Find(map, "role")),
            Profile = Text(Find(map, "aws_profile")),
            Context = Find(map, "context") is YamlMappingNode context
                ? context.Children.ToDictionary(static pair => Text(pair.Key) ?? "", static pair => Text(pair.Value) ?? "")
                : new Dictionary<string, string>(),
        }
        : ReadShortKms(Text(node) ?? throw Wrong(node, "a key of KMS was expected"));

    private static List<string> Keys(YamlNode? node) => node switch
    {
        null => [],
        YamlScalarNode scalar => [.. (scalar.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        _ => [.. Items(node).Select(static item => Text(item) ?? throw Wrong(item, "a key was expected"))],
    };

    private static IEnumerable<YamlNode> Items(YamlNode node) => node as YamlSequenceNode ?? throw Wrong(node, "a list was expected");

    private static string? Text(YamlNode? node) => node switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw Wrong(node, "text was expected"),
    };

    private static YamlException Wrong(YamlNode node, string why) => new(node.Start, node.End, why);
}
