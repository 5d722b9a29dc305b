using YamlDotNet.RepresentationModel;

namespace NixSharp.GitOps.Secrets;

/// <summary>A creation rule: who can open the files whose path it matches. The first rule that matches counts.</summary>
public sealed record SopsRule
{
    /// <summary>A regular expression that is looked for in the path, relative to the folder of <c>.sops.yaml</c>; null for every file.</summary>
    public string? PathRegex { get; init; }

    /// <summary>The groups of keys.</summary>
    public IReadOnlyList<SopsKeyGroup> KeyGroups { get; init; } = [];

    /// <summary>How many groups have to agree; null for all.</summary>
    public int? ShamirThreshold { get; init; }

    /// <summary>Only values under names that this matches are encrypted; null for all.</summary>
    public string? EncryptedRegex { get; init; }

    /// <summary>Values under names that this matches stay as they are; null for none.</summary>
    public string? UnencryptedRegex { get; init; }

    /// <summary>The rule as it was read.</summary>
    internal YamlMappingNode? Source { get; init; }
}
