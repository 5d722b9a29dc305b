using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp build</c></summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var installables = new Argument<string[]>("installables") { Description = "What to build, such as .#hello.", Arity = ArgumentArity.OneOrMore };
        var link = new Option<string?>("--out-link", "-o") { Description = "Make a symlink to the result here, and a GC root of it.", HelpName = "LINK" };
        var keepGoing = new Option<bool>("--keep-going", "-k") { Description = "Go on with what can be built after a failure." };
        var command = new Command("build", "Build installables by running nix, and print their outputs.") { installables, link, keepGoing }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new NixBuildOptions { OutLink = parsed.GetValue(link), KeepGoing = parsed.GetValue(keepGoing) };
            var results = await parsed.RunNixAsync(client => client.BuildAsync(parsed.GetRequiredValue(installables), options, cancellationToken), cancellationToken);
            Output.Print(
                parsed,
                string.Join('\n', results.SelectMany(static result => result.Outputs.Values)),
                () => new JArray(results.Select(static result => new JObject
                {
                    ["drvPath"] = result.DerivationPath?.ToString(),
                    ["outputs"] = new JObject(result.Outputs.Select(static output => new JProperty(output.Key, output.Value.ToString()))),
                })));
        });
        return command;
    }
}
