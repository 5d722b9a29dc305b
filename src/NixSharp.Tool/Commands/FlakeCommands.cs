using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Expressions;
using NixSharp.Flakes.References;
using NixSharp.Json;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp flake ...</c></summary>
internal static class FlakeCommands
{
    public static Command Create()
    {
        var command = new Command("flake", "Flakes: references, lock files and expressions without Nix; outputs by running nix.")
        {
            CreateReference(),
            CreateExpression(),
            FlakeLockCommands.Create(),
            FlakeOutputCommands.CreateBuild(),
            FlakeOutputCommands.CreateMatrix(),
        };
        foreach (var verb in FlakeNixCommands.Create())
        {
            command.Subcommands.Add(verb);
        }

        return command;
    }

    private static Command CreateExpression()
    {
        var file = new Argument<string>("file") { Description = "The JSON, or - for standard input." };
        var command = new Command("expr", "Write JSON as a readable Nix expression.") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(file);
            using var text = name == "-" ? Console.In : new StringReader(await File.ReadAllTextAsync(name, cancellationToken));
            Console.Out.WriteLine(NixExpression.FromJson(JsonText.Read(text)));
        });
        return command;
    }

    private static Command CreateReference()
    {
        var text = new Argument<string>("reference") { Description = "What nix takes on its command line: a URL, a path, a name of the registry, each with #ATTRIBUTE^OUTPUTS." };
        var command = new Command("ref", "Read a flake reference, and print its one form; with --json, its attributes.") { text };
        command.SetAction(parsed =>
        {
            var installable = FlakeInstallable.Parse(parsed.GetRequiredValue(text), Environment.CurrentDirectory);
            Output.Print(parsed, installable.ToString(), () =>
            {
                var json = new JObject { ["url"] = installable.Flake.ToString(), ["attributes"] = installable.Flake.ToJson() };
                if (installable.Fragment.Length > 0)
                {
                    json["fragment"] = installable.Fragment;
                }

                if (installable.Outputs is { } outputs)
                {
                    json["outputs"] = NixSharp.Derivations.OutputsSpecJson.Write(outputs);
                }

                return json;
            });
        });
        return command;
    }
}
