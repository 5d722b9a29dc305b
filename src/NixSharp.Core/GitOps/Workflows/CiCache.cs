namespace NixSharp.GitOps.Workflows;

/// <summary>The binary cache of a pipeline: either one of Cachix, or any that NixSharp can write.</summary>
public sealed record CiCache
{
    /// <summary>The name of the Cachix cache; its token is the secret <c>CACHIX_AUTH_TOKEN</c>.</summary>
    public string? Cachix { get; init; }

    /// <summary>The URI of a store, such as <c>s3://cache</c>.</summary>
    public string? Uri { get; init; }

    /// <summary>Secrets that become environment variables of the same name, such as <c>AWS_SECRET_ACCESS_KEY</c>.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}
