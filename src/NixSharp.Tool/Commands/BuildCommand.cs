using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes;
using NixSharp.Stores;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp build</c></summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var installables = new Argument<string[]>("installables") { Description = "What to build, such as .#hello.", Arity = ArgumentArity.OneOrMore };
        var link = new Option<string?>("--out-link", "-o") { Description = "Make a symlink to the result here, and a GC root of it.", HelpName = "LINK" };
        var impure = new Option<bool>("--impure") { Description = "Let evaluation see the environment, the time, and files outside the flake." };
        var settings = new Option<string[]>("--option")
        {
            Description = "A setting of Nix's configuration. May be given several times.",
            HelpName = "NAME=VALUE",
        };
        settings.Validators.Add(static result =>
        {
            if (result.Tokens.FirstOrDefault(static token => !token.Value.Contains('=', StringComparison.Ordinal)) is { } token)
            {
                result.AddError($"--option takes NAME=VALUE, and got '{token.Value}'.");
            }
        });
        var command = new Command("build", "Build installables by running nix, and print their outputs.") { installables, link, impure, settings };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string? root;
            await using (var store = await parsed.OpenStoreAsync(cancellationToken))
            {
                root = (store as LocalStore)?.Layout.Root;
            }

            var client = new NixClient(new NixOptions
            {
                Store = root,
                Impure = parsed.GetValue(impure),
                Config = (parsed.GetValue(settings) ?? []).Select(static setting => setting.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]),
                Log = parsed.GetValue(GlobalOptions.Quiet) ? null : new LogLines(),
            });
            var results = await client.BuildAsync(
                parsed.GetRequiredValue(installables),
                new NixBuildOptions { OutLink = parsed.GetValue(link) },
                cancellationToken);
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

    private sealed class LogLines : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
