using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Workflows;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace NixSharp.Core.Tests.GitOps;

public sealed class CiPipelineTests
{
    private static readonly CiPipeline Whole = new()
    {
        Systems = new Dictionary<string, string> { ["x86_64-linux"] = "ubuntu-latest", ["aarch64-linux"] = "ubuntu-24.04-arm" },
        Cache = new CiCache { Uri = "s3://cache", Secrets = ["AWS_SECRET_ACCESS_KEY"] },
        Push = new CiPush { Image = "quay.io/acme/web", UserSecret = "QUAY_USERNAME", PasswordSecret = "QUAY_PASSWORD" },
        Deploy = new CiDeploy { Configurations = ["web"] },
        UpdateSchedule = "0 4 * * 1",
    };

    [Fact]
    public void A_workflow_checks_builds_pushes_and_deploys_in_this_order()
    {
        var jobs = (YamlMappingNode)Read(GitHubWorkflow.Write(Whole))["jobs"];
        Assert.Equal(["build", "push", "deploy"], jobs.Children.Keys.Select(static key => key.ToString()));
        Assert.Equal(["aarch64-linux", "x86_64-linux"], ((YamlSequenceNode)jobs["build"]["strategy"]["matrix"]["include"]).Select(static job => job["system"].ToString()));
        var steps = (YamlSequenceNode)jobs["build"]["steps"];
        Assert.Equal("nixsharp flake build --system ${{ matrix.system }} --cache s3://cache --upload s3://cache", steps.Last()["run"].ToString());
        Assert.Equal("${{ secrets.AWS_SECRET_ACCESS_KEY }}", steps.Last()["env"]["AWS_SECRET_ACCESS_KEY"].ToString());
        Assert.Equal("build", jobs["push"]["needs"].ToString());
        Assert.Equal("github.ref == 'refs/heads/main' && github.event_name != 'pull_request'", jobs["push"]["if"].ToString());
        var push = ((YamlSequenceNode)jobs["push"]["steps"]).Last();
        Assert.Equal("${{ secrets.QUAY_PASSWORD }}", push["env"]["REGISTRY_PASSWORD"].ToString());
        Assert.EndsWith("nixsharp image push .#image quay.io/acme/web:sha-{commit}\n", push["run"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_stands_in_a_command()
    {
        foreach (var job in ((YamlMappingNode)Read(GitHubWorkflow.Write(Whole))["jobs"]).Children.Values)
        {
            Assert.All(
                ((YamlSequenceNode)job["steps"]).Cast<YamlMappingNode>().Where(static step => step.Children.ContainsKey("run")),
                static step => Assert.DoesNotContain("secrets.", step["run"].ToString(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_lock_file_is_updated_at_its_times()
    {
        var workflow = Read(GitHubWorkflow.WriteUpdate(Whole));
        Assert.Equal("0 4 * * 1", ((YamlSequenceNode)workflow["on"]["schedule"])[0]["cron"].ToString());
        Assert.Throws<ArgumentNullException>(() => GitHubWorkflow.WriteUpdate(new CiPipeline()));
    }

    [Fact]
    public void A_pipeline_of_GitLab_has_a_job_for_each_system_and_runs_what_follows_on_the_branch()
    {
        var pipeline = Read(GitLabPipeline.Write(Whole));
        Assert.Equal(["build", "push", "deploy"], ((YamlSequenceNode)pipeline["stages"]).Select(static stage => stage.ToString()));
        Assert.Equal("ubuntu-24.04-arm", ((YamlSequenceNode)pipeline["build aarch64-linux"]["tags"])[0].ToString());
        Assert.Equal("$CI_COMMIT_BRANCH == \"main\"", ((YamlSequenceNode)pipeline["push"]["rules"])[0]["if"].ToString());
        Assert.Equal("$QUAY_PASSWORD", pipeline["push"]["variables"]["REGISTRY_PASSWORD"].ToString());
        Assert.Contains("flakes", pipeline["variables"]["NIX_CONFIG"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_model_gives_the_same_text() => Assert.Equal(GitHubWorkflow.Write(Whole), GitHubWorkflow.Write(Whole with { }));

    [Fact]
    public void What_no_service_could_do_is_refused()
    {
        foreach (var pipeline in (CiPipeline[])
        [
            new() { Systems = new Dictionary<string, string>() },
            new() { Cache = new CiCache() },
            new() { Cache = new CiCache { Cachix = "a", Uri = "b" } },
            new() { Deploy = new CiDeploy() },
            new() { Push = new CiPush { Image = "quay.io/acme/web; rm -rf /" } },
            new() { Branch = "main'" },
        ])
        {
            var error = Assert.Throws<GitOpsException>(() => GitHubWorkflow.Write(pipeline));
            Assert.Equal(NixErrorCodes.InvalidPipeline, error.Code);
            Assert.Throws<GitOpsException>(() => GitLabPipeline.Write(pipeline));
        }
    }

    [Fact]
    public void Renovate_updates_lock_files()
    {
        var json = JObject.Parse(new RenovateConfig { AutoMerge = true, Schedule = "before 4am on monday", NuGetLockSource = "src/Web/Web.csproj" }.ToString());
        Assert.Equal("""{"enabled":true,"schedule":["before 4am on monday"],"automerge":true}""", json["lockFileMaintenance"]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.True((bool)json["nix"]!["enabled"]!);
        Assert.Equal("dotnet nixsharp nuget lock src/Web/Web.csproj", (string)json["packageRules"]![0]!["postUpgradeTasks"]!["commands"]!.Last!);
    }

    private static YamlMappingNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }
}
