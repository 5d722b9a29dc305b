using NixSharp.GitOps.Yaml;

namespace NixSharp.GitOps.Workflows;

/// <summary>
/// Writes a <see cref="CiPipeline"/> as a <c>.gitlab-ci.yml</c>. Secrets are masked variables of the project with the names
/// that the model has, and reach jobs as such.
/// </summary>
public static class GitLabPipeline
{
    private const string Image = "mcr.microsoft.com/dotnet/sdk:10.0";

    /// <summary>The text of the pipeline.</summary>
    /// <exception cref="GitOpsException">The pipeline asks for something that cannot be done.</exception>
    public static string Write(CiPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        pipeline.Check();
        var stages = new List<string> { "build" };
        var jobs = new Dictionary<string, object>();
        foreach (var (system, tag) in pipeline.Systems.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            var job = Job("build", ["nix flake check --print-build-logs", pipeline.BuildCommand(system)]);
            if (tag.Length > 0)
            {
                job["tags"] = new[] { tag };
            }

            jobs[$"build {system}"] = job;
        }

        if (pipeline.Push is { } push)
        {
            stages.Add("push");
            var job = OnBranch(pipeline, Job("push", Lines(push.Script)));
            job["variables"] = new Dictionary<string, object> { ["REGISTRY_USERNAME"] = $"${push.UserSecret}", ["REGISTRY_PASSWORD"] = $"${push.PasswordSecret}" };
            if (push is { UserSecret: "REGISTRY_USERNAME", PasswordSecret: "REGISTRY_PASSWORD" })
            {
                // They are there by those names already.
                job.Remove("variables");
            }

            jobs["push"] = job;
        }

        if (pipeline.Deploy is { } deploy)
        {
            stages.Add("deploy");
            jobs["deploy"] = OnBranch(pipeline, Job("deploy", Lines(deploy.Script(pipeline.Cache!))));
        }

        var document = new Dictionary<string, object>
        {
            ["stages"] = stages,
            ["default"] = new Dictionary<string, object>
            {
                ["image"] = Image,
                ["before_script"] = new[]
                {
                    "apt-get update -qq && apt-get install -y -qq --no-install-recommends git nix-bin",
                    pipeline.InstallTool,
                    "export PATH=\"$PATH:$HOME/.dotnet/tools\"",
                },
            },
            ["variables"] = new Dictionary<string, object> { ["NIX_CONFIG"] = "experimental-features = nix-command flakes\nbuild-users-group =\nsandbox = false\n" },
        };
        foreach (var (name, job) in jobs)
        {
            document[name] = job;
        }

        return YamlWriter.Write(document);
    }

    private static Dictionary<string, object> Job(string stage, IReadOnlyList<string> script) => new() { ["stage"] = stage, ["script"] = script };

    private static Dictionary<string, object> OnBranch(CiPipeline pipeline, Dictionary<string, object> job)
    {
        job["rules"] = new[] { new Dictionary<string, object> { ["if"] = $"$CI_COMMIT_BRANCH == \"{pipeline.Branch}\"" } };
        return job;
    }

    private static string[] Lines(string script) => script.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
