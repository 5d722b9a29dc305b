namespace NixSharp.GitOps.Workflows;

/// <summary>A deployment with Cachix Deploy; its token is the secret <c>CACHIX_ACTIVATE_TOKEN</c>.</summary>
public sealed record CiDeploy
{
    /// <summary>The configurations of the flake; none means all.</summary>
    public IReadOnlyList<string> Configurations { get; init; } = [];

    /// <summary>Does not wait until the agents are done.</summary>
    public bool IsAsync { get; init; } = true;

    /// <summary>The lines that build, push and activate.</summary>
    internal string Script(CiCache cache) =>
        $"""
        nixsharp cachix spec .{string.Concat(Configurations.Select(static name => $" --configuration {name}"))}
        nixsharp cachix push {(cache.Cachix ?? $"--to {cache.Uri}")}
        nixsharp cachix activate{(IsAsync ? " --async" : "")}
        """.ReplaceLineEndings("\n") + "\n";
}
