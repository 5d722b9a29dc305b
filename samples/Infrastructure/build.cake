#addin nuget:?package=NixSharp.Cake&version=0.1.0

// dotnet tool restore && dotnet cake --target=Deploy --cache=s3://cache
var store = Argument("store", "auto");
var cache = Argument("cache", "");
var nix = new NixFlakeSettings
{
    Store = store,

    // --override=nixpkgs=path:/src/nixpkgs, as nix's --override-input.
    OverrideInputs = Arguments<string>("override", new List<string>()).ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=', 2)[1]),
};
var pipeline = new CiPipeline
{
    Systems = new Dictionary<string, string> { ["x86_64-linux"] = "ubuntu-latest", ["aarch64-linux"] = "ubuntu-24.04-arm" },
    Cache = new CiCache { Cachix = "acme" },
    Deploy = new CiDeploy { Configurations = ["web", "db"] },
    UpdateSchedule = "0 4 * * 1",
};

Task("Check")
    .Does(() =>
    {
        NixSecretsCheck(".");
        if (FileExists("flake.lock"))
        {
            NixFlakeLockCheck("flake.lock", new FlakeLockPolicy { MaxAge = TimeSpan.FromDays(90), AllowDuplicates = false });
        }
    });

Task("Workflow")
    .Does(() => NixGitHubWorkflow("./.github/workflows/nix.yml", pipeline));

Task("Build")
    .IsDependentOn("Check")
    .Does(() =>
    {
        var spec = NixDeploySpec(".", ["web", "db"], "cachix-deploy.json", nix);
        foreach (var agent in spec.Agents.OrderBy(agent => agent.Key))
        {
            Information($"{agent.Key}: {agent.Value}");
        }
    });

Task("Push")
    .IsDependentOn("Build")
    .WithCriteria(cache != "", "give --cache=URI to push")
    .Does(() => NixDeployPush("cachix-deploy.json", cache, new NixSettings { Store = store }));

Task("Deploy")
    .IsDependentOn("Push")
    .Does(() => CachixDeployActivate("cachix-deploy.json", [], isAsync: true));

Task("Default")
    .IsDependentOn("Workflow")
    .IsDependentOn("Push");

RunTarget(Argument("target", "Default"));
