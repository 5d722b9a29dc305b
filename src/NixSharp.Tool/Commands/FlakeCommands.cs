using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.References;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp flake ...</c></summary>
internal static class FlakeCommands
{
    public static Command Create() => new("flake", "Flake references and lock files, read without Nix.")
    {
        CreateReference(),
        FlakeLockCommands.Create(),
    };

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
