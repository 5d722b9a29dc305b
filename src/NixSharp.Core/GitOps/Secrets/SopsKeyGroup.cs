using YamlDotNet.RepresentationModel;

namespace NixSharp.GitOps.Secrets;

/// <summary>Keys of which any one opens a file; where a rule has several groups, one of each is needed.</summary>
public sealed record SopsKeyGroup
{
    /// <summary>Recipients of age: <c>age1...</c>, or public SSH keys.</summary>
    public IReadOnlyList<string> Age { get; init; } = [];

    /// <summary>Fingerprints of PGP keys.</summary>
    public IReadOnlyList<string> Pgp { get; init; } = [];

    /// <summary>Keys in AWS KMS.</summary>
    public IReadOnlyList<SopsKmsKey> Kms { get; init; } = [];

    /// <summary>What else the group has, such as Azure's and Google's keys, which is kept as it is.</summary>
    internal IReadOnlyList<KeyValuePair<YamlNode, YamlNode>> Other { get; init; } = [];
}
