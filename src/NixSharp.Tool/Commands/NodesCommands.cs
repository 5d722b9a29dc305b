using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Nodes;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp nodes ...</c></summary>
internal static class NodesCommands
{
    private static readonly Argument<string> File = new("file") { Description = "The machines, as JSON. Default: nodes.json.", DefaultValueFactory = static _ => "nodes.json" };

    public static Command Create() => new("nodes", "Machines that are made from images and keep themselves up to date.")
    {
        CreateFlake(),
    };

    private static Command CreateFlake()
    {
        var output = new Option<string>("--output", "-o") { Description = "The folder to write to. Default: this one.", HelpName = "FOLDER", DefaultValueFactory = static _ => "." };
        var command = new Command("flake", "Write a flake that makes an image and a configuration for each machine, and print the files that changed.") { File, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var flake = await NodeFlake.ReadAsync(parsed.GetRequiredValue(File), cancellationToken);
            var written = await flake.WriteAsync(parsed.GetValue(output)!, cancellationToken);
            Output.Print(parsed, string.Join('\n', written), () => new JArray(written));
        });
        return command;
    }
}
