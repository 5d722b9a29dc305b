using System.Text;
using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.Diagnostics;
using NixSharp.Files;
using NixSharp.GitOps.Repositories;
using NixSharp.GitOps.Workflows;

namespace NixSharp.Cake;

/// <summary>Sets repositories up for Nix.</summary>
[CakeAliasCategory("Nix")]
public static class NixRepositoryAliases
{
    /// <summary>Adds a flake, targets, a pipeline and Renovate's configuration to a repository of .NET projects; what is there is left alone.</summary>
    /// <example><code>NixInit(".", new RepositoryOptions());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    [CakeNamespaceImport("NixSharp.GitOps.Repositories")]
    public static RepositoryResult NixInit(this ICakeContext context, string folder, RepositoryOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        var result = StoreRunner.Run(() => DotnetRepository.InitializeAsync(StoreRunner.FullPath(context, folder)!, options));
        context.Log.Information("wrote {0}", string.Join(", ", result.Written));
        return result;
    }

    /// <summary>Writes a pipeline as a workflow of GitHub Actions.</summary>
    /// <example><code>NixGitHubWorkflow(".github/workflows/nix.yml", new CiPipeline { Cache = new CiCache { Cachix = "acme" } });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    [CakeNamespaceImport("NixSharp.GitOps.Workflows")]
    public static void NixGitHubWorkflow(this ICakeContext context, string file, CiPipeline pipeline) =>
        Write(context, file, () => GitHubWorkflow.Write(pipeline));

    /// <summary>Writes a pipeline for GitLab CI.</summary>
    /// <example><code>NixGitLabPipeline(".gitlab-ci.yml", new CiPipeline());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    [CakeNamespaceImport("NixSharp.GitOps.Workflows")]
    public static void NixGitLabPipeline(this ICakeContext context, string file, CiPipeline pipeline) =>
        Write(context, file, () => GitLabPipeline.Write(pipeline));

    /// <summary>Writes Renovate's configuration.</summary>
    /// <example><code>NixRenovateConfig("renovate.json", new RenovateConfig());</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("GitOps")]
    [CakeNamespaceImport("NixSharp.GitOps.Workflows")]
    public static void NixRenovateConfig(this ICakeContext context, string file, RenovateConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Write(context, file, config.ToString);
    }

    private static void Write(ICakeContext context, string file, Func<string> text)
    {
        ArgumentNullException.ThrowIfNull(context);
        StoreRunner.Run(() => AtomicFile.WriteIfDifferentAsync(StoreRunner.FullPath(context, file)!, Encoding.UTF8.GetBytes(text())));
    }
}
