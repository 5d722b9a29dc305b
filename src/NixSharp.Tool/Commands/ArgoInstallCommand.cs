using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.ArgoCD;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp argocd install</c></summary>
internal static class ArgoInstallCommand
{
    private static readonly ArgoInstallOptions Defaults = new();

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Gets configmap.yaml, for kubectl apply, and values.yaml, for Argo CD's Helm chart." };
        var image = new Option<string>("--image") { Description = "An image with nixsharp, nix, git and sh.", HelpName = "IMAGE", Required = true };
        var name = new Option<string>("--name") { Description = "The plugin's name.", HelpName = "NAME", DefaultValueFactory = static _ => Defaults.Name };
        var space = new Option<string>("--namespace") { Description = "The namespace that Argo CD runs in.", HelpName = "NAME", DefaultValueFactory = static _ => Defaults.Namespace };
        var substituter = new Option<string[]>("--substituter") { Description = "A binary cache beside cache.nixos.org. May be given several times.", HelpName = "URI" };
        var key = new Option<string[]>("--trusted-public-key") { Description = "A key beside that of cache.nixos.org. May be given several times.", HelpName = "KEY" };
        var limit = new Option<double>("--timeout") { Description = "How long a command of the plugin may take.", HelpName = "SECONDS", DefaultValueFactory = static _ => Defaults.Timeout.TotalSeconds };
        var command = new Command("install", "Write what adds the plugin to Argo CD. Nothing is installed.") { folder, image, name, space, substituter, key, limit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = parsed.GetRequiredValue(folder);
            await ArgoInstallation.Create(new ArgoInstallOptions
            {
                Image = parsed.GetRequiredValue(image),
                Name = parsed.GetRequiredValue(name),
                Namespace = parsed.GetRequiredValue(space),
                Substituters = [.. Defaults.Substituters, .. parsed.GetValue(substituter) ?? []],
                TrustedPublicKeys = [.. Defaults.TrustedPublicKeys, .. parsed.GetValue(key) ?? []],
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(limit)),
            }).WriteAsync(target, cancellationToken);
            string[] files = [Path.Combine(target, ArgoInstallation.ConfigMapFile), Path.Combine(target, ArgoInstallation.ValuesFile)];
            Output.Print(parsed, string.Join('\n', files), () => new JArray(files));
        });
        return command;
    }
}
