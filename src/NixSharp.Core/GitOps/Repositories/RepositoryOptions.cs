using NixSharp.GitOps.Workflows;

namespace NixSharp.GitOps.Repositories;

/// <summary>What <see cref="DotnetRepository"/> adds to a repository.</summary>
public sealed record RepositoryOptions
{
    /// <summary>The systems that the flake is for.</summary>
    public IReadOnlyList<string> Systems { get; init; } = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"];

    /// <summary>The branch of nixpkgs.</summary>
    public string Nixpkgs { get; init; } = "github:NixOS/nixpkgs/nixos-26.05";

    /// <summary>The release of the .NET SDK, such as <c>10.0</c>.</summary>
    public string Dotnet { get; init; } = "10.0";

    /// <summary>The service whose pipeline is written.</summary>
    public CiService Ci { get; init; } = CiService.GitHub;

    /// <summary>What the pipeline does; null for checks and builds on Linux.</summary>
    public CiPipeline? Pipeline { get; init; }

    /// <summary>Whether Renovate keeps <c>flake.lock</c> up to date.</summary>
    public bool Renovate { get; init; } = true;

    /// <summary>Writes files in place of those that are there. Default false: they are left alone.</summary>
    public bool Overwrite { get; init; }
}
