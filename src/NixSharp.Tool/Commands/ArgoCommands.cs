using System.Collections;
using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes;
using NixSharp.GitOps.ArgoCD;
using NixSharp.GitOps.Kubernetes;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp argocd ...</c></summary>
internal static class ArgoCommands
{
    private static readonly Option<string> Folder = new("--folder") { Description = "The application's folder. Default: this folder, where Argo CD runs plugins.", HelpName = "FOLDER", DefaultValueFactory = static _ => "." };
    private static readonly Option<string> Program = new("--nix") { Description = "The nix to run.", HelpName = "PROGRAM", DefaultValueFactory = static _ => "nix" };
    private static readonly Option<double?> Limit = new("--timeout") { Description = "How long a build may take. Default: $ARGOCD_EXEC_TIMEOUT, less five seconds.", HelpName = "SECONDS" };
    private static readonly Option<string?> CacheFolder = new("--cache-folder") { Description = "Where evaluations and results are remembered. Default: the user's cache, or a temporary folder.", HelpName = "FOLDER" };

    public static Command Create() => new("argocd", "The plugin by which Argo CD deploys what a flake makes.")
    {
        CreateDiscover(),
        CreateParameters(),
        CreateInit(),
        CreateGenerate(),
        CreateCheck(),
        ArgoInstallCommand.Create(),
    };

    private static Command CreateDiscover()
    {
        var command = new Command("discover", "Print the flake of the application's folder; nothing where it has none.") { Folder };
        command.SetAction(parsed => Output.Print(parsed, ArgoPlugin.Discover(parsed.GetRequiredValue(Folder)) ?? "", () => ArgoPlugin.Discover(parsed.GetRequiredValue(Folder)) ?? ""));
        return command;
    }

    private static Command CreateParameters()
    {
        var command = new Command("parameters", "Print the parameters that Argo CD's interface shows.");
        command.SetAction(static _ => Console.Out.WriteLine(ArgoPlugin.Announce()));
        return command;
    }

    private static Command CreateInit()
    {
        var command = new Command("init", "Write the application's values and build its manifest. Nothing goes to standard output.") { Folder, Program, Limit, CacheFolder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = await new ArgoPlugin(Options(parsed)).InitAsync(Application(parsed), cancellationToken);
            Log(parsed)?.Report(path.ToString());
        });
        return command;
    }

    private static Command CreateGenerate()
    {
        var command = new Command("generate", "Print the manifest that init built, once it is checked.") { Folder };
        command.SetAction(async (parsed, cancellationToken) =>
            Console.Out.Write(await new ArgoPlugin(new ArgoPluginOptions { Log = Log(parsed) }).GenerateAsync(Application(parsed), cancellationToken)));
        return command;
    }

    private static Command CreateCheck()
    {
        var files = new Argument<string[]>("files") { Description = "Manifests.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Check manifests as generate does: that each object has a kind, a version and a name, and is there once.") { files };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var objects = new List<ManifestObject>();
            foreach (var file in parsed.GetRequiredValue(files))
            {
                objects.AddRange(await ManifestCheck.ReadFileAsync(file, cancellationToken));
            }

            Output.Print(parsed, string.Join('\n', objects), () => new JArray(objects.Select(static item => new JObject
            {
                ["apiVersion"] = item.ApiVersion,
                ["kind"] = item.Kind,
                ["namespace"] = item.Namespace,
                ["name"] = item.Name,
                ["line"] = item.Line,
            })));
        });
        return command;
    }

    private static ArgoApplication Application(ParseResult parsed) => ArgoApplication.FromEnvironment(
        parsed.GetRequiredValue(Folder),
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value ?? ""));

    private static ArgoPluginOptions Options(ParseResult parsed) => new()
    {
        Nix = new NixOptions { Program = parsed.GetRequiredValue(Program) },
        Timeout = parsed.GetValue(Limit) is { } seconds ? TimeSpan.FromSeconds(seconds) : ArgoPluginOptions.TimeoutFor(Environment.GetEnvironmentVariable("ARGOCD_EXEC_TIMEOUT")),
        CacheFolder = parsed.GetValue(CacheFolder),
        Log = Log(parsed),
    };

    private static ErrorLines? Log(ParseResult parsed) => parsed.GetValue(GlobalOptions.Quiet) ? null : new ErrorLines();
}
