using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Repositories;
using NixSharp.GitOps.Workflows;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp init</c></summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The repository. Default: this folder.", DefaultValueFactory = static _ => "." };
        var ci = new Option<CiService>("--ci") { Description = "Whose pipeline to write: github, gitlab or none.", HelpName = "SERVICE", DefaultValueFactory = static _ => CiService.GitHub };
        var cachix = new Option<string?>("--cachix") { Description = "The Cachix cache that the pipeline fills.", HelpName = "CACHE" };
        var upload = new Option<string?>("--upload") { Description = "The store or binary cache that the pipeline fills.", HelpName = "URI" };
        var push = new Option<string?>("--push") { Description = "The image that the pipeline pushes, without tag; built by .#image.", HelpName = "IMAGE" };
        var nixpkgs = new Option<string>("--nixpkgs") { Description = "The nixpkgs of the flake.", HelpName = "REFERENCE", DefaultValueFactory = static _ => new RepositoryOptions().Nixpkgs };
        var noRenovate = new Option<bool>("--no-renovate") { Description = "Write no renovate.json." };
        var force = new Option<bool>("--force") { Description = "Write files in place of those that are there." };
        var command = new Command("init", "Add a flake, targets, a pipeline and Renovate's configuration to a repository of .NET projects.")
        {
            folder, ci, cachix, upload, push, nixpkgs, noRenovate, force,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (cache, uri) = (parsed.GetValue(cachix), parsed.GetValue(upload));
            var result = await DotnetRepository.InitializeAsync(
                parsed.GetRequiredValue(folder),
                new RepositoryOptions
                {
                    Ci = parsed.GetValue(ci),
                    Nixpkgs = parsed.GetValue(nixpkgs)!,
                    Renovate = !parsed.GetValue(noRenovate),
                    Overwrite = parsed.GetValue(force),
                    Pipeline = new CiPipeline
                    {
                        // On GitLab, any runner takes a job that asks for none.
                        Systems = parsed.GetValue(ci) == CiService.GitLab ? new Dictionary<string, string> { ["x86_64-linux"] = "" } : new CiPipeline().Systems,
                        Cache = cache is null && uri is null ? null : new CiCache { Cachix = cache, Uri = uri },
                        Push = parsed.GetValue(push) is { } image ? new CiPush { Image = image } : null,
                    },
                },
                cancellationToken);
            Output.Print(
                parsed,
                string.Join('\n', result.Written.Select(static name => $"wrote {name}").Concat(result.Kept.Select(static name => $"kept {name}"))),
                () => new JObject { ["written"] = new JArray(result.Written), ["kept"] = new JArray(result.Kept), ["project"] = result.Project });
            if (result.Project is not null && !parsed.GetValue(GlobalOptions.Quiet))
            {
                await Console.Error.WriteLineAsync($"next: 'dotnet restore && dotnet tool restore && dotnet nixsharp nuget lock {result.Project}', 'git add .', 'nix build'");
            }
        });
        return command;
    }
}
