using NixSharp.GitOps.Yaml;

namespace NixSharp.GitOps.Workflows;

/// <summary>Writes a <see cref="CiPipeline"/> as a workflow of GitHub Actions. Secrets reach jobs as variables, never as arguments.</summary>
public static class GitHubWorkflow
{
    private const string InstallNix = "cachix/install-nix-action@v31";
    private const string CachixAction = "cachix/cachix-action@v16";
    private const string SetupDotnet = "actions/setup-dotnet@v5";
    private const string Checkout = "actions/checkout@v5";

    /// <summary>The text of the workflow, for a file in <c>.github/workflows</c>.</summary>
    /// <exception cref="GitOpsException">The pipeline asks for something that cannot be done.</exception>
    public static string Write(CiPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        pipeline.Check();
        var jobs = new Dictionary<string, object> { ["build"] = BuildJob(pipeline) };
        if (pipeline.Push is { } push)
        {
            jobs["push"] = FollowUp(pipeline, new Dictionary<string, object>
            {
                ["name"] = "Push the image",
                ["env"] = new Dictionary<string, object> { ["REGISTRY_USERNAME"] = Secret(push.UserSecret), ["REGISTRY_PASSWORD"] = Secret(push.PasswordSecret) },
                ["run"] = push.Script,
            });
        }

        if (pipeline.Deploy is { } deploy)
        {
            jobs["deploy"] = FollowUp(pipeline, new Dictionary<string, object>
            {
                ["name"] = "Deploy",
                ["env"] = Environment(pipeline, ("CACHIX_ACTIVATE_TOKEN", "CACHIX_ACTIVATE_TOKEN"), ("CACHIX_AUTH_TOKEN", "CACHIX_AUTH_TOKEN")),
                ["run"] = deploy.Script(pipeline.Cache!),
            });
        }

        return YamlWriter.Write(new Dictionary<string, object>
        {
            ["name"] = pipeline.Name,
            ["on"] = new Dictionary<string, object>
            {
                ["push"] = new Dictionary<string, object> { ["branches"] = new[] { pipeline.Branch } },
                ["pull_request"] = new Dictionary<string, object>(),
                ["workflow_dispatch"] = new Dictionary<string, object>(),
            },
            ["permissions"] = new Dictionary<string, object> { ["contents"] = "read" },
            ["jobs"] = jobs,
        });
    }

    /// <summary>The text of a workflow that updates <c>flake.lock</c> at the pipeline's times, and opens a pull request.</summary>
    /// <exception cref="GitOpsException">The pipeline has no times, or asks for something that cannot be done.</exception>
    public static string WriteUpdate(CiPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        pipeline.Check();
        ArgumentException.ThrowIfNullOrEmpty(pipeline.UpdateSchedule);
        return YamlWriter.Write(new Dictionary<string, object>
        {
            ["name"] = "Update flake.lock",
            ["on"] = new Dictionary<string, object>
            {
                ["schedule"] = new[] { new Dictionary<string, object> { ["cron"] = pipeline.UpdateSchedule } },
                ["workflow_dispatch"] = new Dictionary<string, object>(),
            },
            ["permissions"] = new Dictionary<string, object> { ["contents"] = "write", ["pull-requests"] = "write" },
            ["jobs"] = new Dictionary<string, object>
            {
                ["update"] = new Dictionary<string, object>
                {
                    ["runs-on"] = pipeline.Systems.Values.First(),
                    ["steps"] = new List<object>
                    {
                        Uses(Checkout),
                        Nix(),
                        Run("Update the inputs", "nix flake update"),
                        Uses("peter-evans/create-pull-request@v7", ("branch", "update-flake-lock"), ("title", "Update flake.lock"), ("commit-message", "Update flake.lock")),
                    },
                },
            },
        });
    }

    private static Dictionary<string, object> BuildJob(CiPipeline pipeline)
    {
        var steps = Prepare(pipeline);
        steps.Add(Run("Check the flake", "nix flake check --print-build-logs"));
        var build = Run("Build all outputs", pipeline.BuildCommand("${{ matrix.system }}"));
        if (pipeline.Cache is { Secrets.Count: > 0 })
        {
            build["env"] = Environment(pipeline);
        }

        steps.Add(build);
        return new Dictionary<string, object>
        {
            ["strategy"] = new Dictionary<string, object>
            {
                ["fail-fast"] = false,
                ["matrix"] = new Dictionary<string, object>
                {
                    ["include"] = pipeline.Systems.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                        .Select(static pair => new Dictionary<string, object> { ["system"] = pair.Key, ["os"] = pair.Value }).ToArray(),
                },
            },
            ["runs-on"] = "${{ matrix.os }}",
            ["steps"] = steps,
        };
    }

    /// <summary>A job on the main branch, after the build.</summary>
    private static Dictionary<string, object> FollowUp(CiPipeline pipeline, Dictionary<string, object> step) => new()
    {
        ["needs"] = "build",
        ["if"] = $"github.ref == 'refs/heads/{pipeline.Branch}' && github.event_name != 'pull_request'",
        ["runs-on"] = pipeline.Systems.OrderBy(static pair => pair.Key != "x86_64-linux").First().Value,
        ["steps"] = (List<object>)[.. Prepare(pipeline), step],
    };

    private static List<object> Prepare(CiPipeline pipeline)
    {
        List<object> steps = [Uses(Checkout), Nix()];
        if (pipeline.Cache?.Cachix is { } cachix)
        {
            steps.Add(Uses(CachixAction, ("name", cachix), ("authToken", Secret("CACHIX_AUTH_TOKEN"))));
        }

        steps.Add(Uses(SetupDotnet, ("dotnet-version", "10.0.x")));
        steps.Add(Run("Install nixsharp", pipeline.InstallTool));
        return steps;
    }

    private static Dictionary<string, object> Nix() => Uses(InstallNix, ("github_access_token", Secret("GITHUB_TOKEN")));

    private static Dictionary<string, object> Environment(CiPipeline pipeline, params (string Name, string Secret)[] more) =>
        more.Concat((pipeline.Cache?.Secrets ?? []).Select(static name => (Name: name, Secret: name)))
            .ToDictionary(static pair => pair.Name, static pair => (object)Secret(pair.Secret));

    private static Dictionary<string, object> Uses(string action, params (string Name, string Value)[] with)
    {
        var step = new Dictionary<string, object> { ["uses"] = action };
        if (with.Length > 0)
        {
            step["with"] = with.ToDictionary(static pair => pair.Name, static pair => (object)pair.Value);
        }

        return step;
    }

    private static Dictionary<string, object> Run(string name, string command) => new() { ["name"] = name, ["run"] = command };

    private static string Secret(string name) => $"${{{{ secrets.{name} }}}}";
}
