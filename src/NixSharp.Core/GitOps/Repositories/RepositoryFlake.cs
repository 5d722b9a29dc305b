using NixSharp.Flakes.Expressions;

namespace NixSharp.GitOps.Repositories;

/// <summary>The flake of a repository of .NET projects.</summary>
internal static class RepositoryFlake
{
    public static string Write(RepositoryOptions options, string? project)
    {
        var (nixpkgs, packages) = (new NixVariable("nixpkgs"), new NixVariable("pkgs"));
        var release = options.Dotnet.Replace('.', '_');
        var sdk = packages["dotnetCorePackages", $"sdk_{release}"];
        var outputs = new List<NixMember>
        {
            new NixAttribute("devShells", ForAllSystems(new NixSet(new NixAttribute("default", new NixCall(packages["mkShell"], new NixSet(
                new NixAttribute("packages", new NixList(sdk, packages["git"], packages["skopeo"])),
                new NixAttribute("DOTNET_ROOT", new NixString(sdk, "/share/dotnet")),
                new NixAttribute("DOTNET_CLI_TELEMETRY_OPTOUT", "1"))))))),
        };
        if (project is not null)
        {
            outputs.Add(new NixAttribute("packages", ForAllSystems(new NixSet(new NixAttribute("default", new NixCall(packages["buildDotnetModule"], new NixSet(
                new NixAttribute("pname", Path.GetFileNameWithoutExtension(project)),
                new NixAttribute("version", new NixString("0.1.0-", new NixVariable("self")["shortRev"] with { Default = "dirty" })),
                new NixAttribute("src", new NixPath("./.")),
                new NixAttribute("projectFile", project),
                new NixAttribute("nugetDeps", new NixPath("./deps.json")) { Comment = "Written by 'dotnet nixsharp nuget lock'." },
                new NixAttribute("dotnet-sdk", sdk),
                new NixAttribute("dotnet-runtime", packages["dotnetCorePackages", $"aspnetcore_{release}"]))))))));
        }

        return new FlakeFile
        {
            Description = project is null ? "A development shell" : $"{Path.GetFileNameWithoutExtension(project)}, and a development shell for it",
            Inputs = new Dictionary<string, FlakeInput> { ["nixpkgs"] = FlakeInput.From(options.Nixpkgs) },
            Outputs = new NixLet(
                [
                    new NixAttribute("systems", new NixList([.. options.Systems.Select(NixExpression.From)])),
                    new NixAttribute("forAllSystems", new NixFunction("function", new NixCall(
                        nixpkgs["lib", "genAttrs"],
                        new NixVariable("systems"),
                        new NixFunction("system", new NixCall(new NixVariable("function"), nixpkgs["legacyPackages", new NixVariable("system")]))))),
                ],
                new NixSet(outputs)),
        }.ToString();
    }

    private static NixCall ForAllSystems(NixExpression value) => new(new NixVariable("forAllSystems"), new NixFunction("pkgs", value));
}
