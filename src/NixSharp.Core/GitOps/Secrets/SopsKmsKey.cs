namespace NixSharp.GitOps.Secrets;

/// <summary>A key in AWS KMS.</summary>
/// <param name="Arn">The key's ARN.</param>
public sealed record SopsKmsKey(string Arn)
{
    /// <summary>The role that is assumed to use it; null for none.</summary>
    public string? Role { get; init; }

    /// <summary>The profile of AWS's configuration; null for the default.</summary>
    public string? Profile { get; init; }

    /// <summary>The encryption context.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();
}
