using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes;

namespace NixSharp.Tool.Commands;

/// <summary>The verbs of <c>nixsharp flake</c> that run <c>nix</c>.</summary>
internal static class FlakeNixCommands
{
    private static readonly Argument<string> Flake = new("flake")
    {
        Description = "The flake. Default: the one of this folder.",
        DefaultValueFactory = static _ => ".",
    };

    public static IEnumerable<Command> Create() =>
        [CreateShow(), CreateMetadata(), CreateCheck(), CreateUpdate(), CreateArchive(), CreateEnvironment(), CreateRun(), CreateFormat(), CreateLog()];

    private static Command CreateShow() => Make("show", "Print the outputs of a flake, as JSON.", static async (client, flake, token) => await client.ShowFlakeAsync(flake, token));

    private static Command CreateMetadata() => Make("metadata", "Print where a flake is, and what it is locked to, as JSON.", static async (client, flake, token) => await client.GetFlakeMetadataAsync(flake, token));

    private static Command CreateEnvironment() => Make("env", "Print the environment of a development shell, as JSON.", static async (client, flake, token) =>
    {
        var environment = await client.GetDevEnvironmentAsync(flake, token);
        return JToken.FromObject(environment.Exported);
    });

    private static Command CreateCheck()
    {
        var command = new Command("check", "Evaluate all outputs of a flake, and build its checks.") { Flake }.WithNixOptions();
        command.SetAction((parsed, cancellationToken) => parsed.RunNixAsync(
            async client =>
            {
                await client.CheckFlakeAsync(parsed.GetRequiredValue(Flake), cancellationToken);
                return 0;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateUpdate()
    {
        var inputs = new Option<string[]>("--input") { Description = "Update this input only. May be given several times.", HelpName = "INPUT" };
        var command = new Command("update", "Update the inputs of a flake, and write flake.lock.") { Flake, inputs }.WithNixOptions();
        command.SetAction((parsed, cancellationToken) => parsed.RunNixAsync(
            async client =>
            {
                await client.UpdateFlakeAsync(parsed.GetRequiredValue(Flake), parsed.GetValue(inputs), cancellationToken);
                return 0;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateArchive()
    {
        var to = new Option<string?>("--to") { Description = "The URI of a store to copy to as well.", HelpName = "URI" };
        var command = new Command("archive", "Copy a flake and all its inputs into the store.") { Flake, to }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var archive = await parsed.RunNixAsync(client => client.ArchiveFlakeAsync(parsed.GetRequiredValue(Flake), parsed.GetValue(to), cancellationToken), cancellationToken);
            Output.Print(parsed, string.Join('\n', archive.Paths), () => Describe(archive));
        });
        return command;
    }

    private static Command CreateRun()
    {
        var app = new Argument<string>("app") { Description = "The app, or a package whose main program is meant." };
        var words = new Argument<string[]>("arguments") { Description = "What the app gets, after --.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("run", "Build an app and run it; it gets no input.") { app, words }.WithNixOptions();
        command.SetAction((parsed, cancellationToken) => parsed.RunNixAsync(
            client => client.RunAppAsync(parsed.GetRequiredValue(app), parsed.GetValue(words), new OutputLines(), cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command CreateFormat()
    {
        var paths = new Argument<string[]>("paths") { Description = "The files. Default: those that the formatter finds.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("fmt", "Format files with the formatter of the flake of this folder.") { paths }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
            Console.Out.Write(await parsed.RunNixAsync(client => client.FormatAsync(parsed.GetValue(paths), cancellationToken), cancellationToken)));
        return command;
    }

    private static Command CreateLog()
    {
        var installable = new Argument<string>("installable") { Description = "What was built, or failed to." };
        var command = new Command("log", "Print what a build printed.") { installable }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
            Console.Out.Write(await parsed.RunNixAsync(client => client.GetBuildLogAsync(parsed.GetRequiredValue(installable), cancellationToken), cancellationToken)));
        return command;
    }

    private static JObject Describe(FlakeArchive archive) => new()
    {
        ["path"] = archive.Path.ToString(),
        ["inputs"] = new JObject(archive.Inputs.Select(static input => new JProperty(input.Key, Describe(input.Value)))),
    };

    private static Command Make(string name, string description, Func<NixClient, string, CancellationToken, Task<JToken>> get)
    {
        var command = new Command(name, description) { Flake }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var json = await parsed.RunNixAsync(client => get(client, parsed.GetRequiredValue(Flake), cancellationToken), cancellationToken);
            Console.Out.WriteLine(json.ToString(Formatting.Indented));
        });
        return command;
    }

    private sealed class OutputLines : IProgress<string>
    {
        public void Report(string value) => Console.Out.WriteLine(value);
    }
}
