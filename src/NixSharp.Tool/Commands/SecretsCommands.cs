using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.GitOps.Secrets;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp secrets ...</c></summary>
internal static class SecretsCommands
{
    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "A folder of the repository; the next .sops.yaml upwards counts. Default: this folder.",
        DefaultValueFactory = static _ => ".",
    };

    public static Command Create() => new("secrets", "Secrets that sops encrypts.")
    {
        CreateCheck(),
        CreateList(),
        CreateHook(),
        CreateUpdateKeys(),
        SshToAgeCommand.Create(),
    };

    private static Command CreateCheck()
    {
        var staged = new Option<bool>("--staged") { Description = "Check what the next commit would have, instead of what is on disk." };
        var command = new Command("check", "Check that every file that the rules of .sops.yaml name is encrypted, and fail where one is not.") { Folder, staged };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = await SecretFiles.OpenAsync(parsed.GetRequiredValue(Folder), cancellationToken);
            var problems = parsed.GetValue(staged) ? await files.CheckStagedAsync(cancellationToken) : await files.CheckAsync(cancellationToken);
            Output.Print(parsed, "", () => new JArray(problems.Select(static problem => new JObject
            {
                ["path"] = problem.Path,
                ["line"] = problem.Line,
                ["reason"] = problem.Reason,
            })));
            SecretFiles.ThrowIfAny(problems);
        });
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List the files that the rules of .sops.yaml name, and who can open them.") { Folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = await SecretFiles.OpenAsync(parsed.GetRequiredValue(Folder), cancellationToken);
            var rows = (await files.ListAsync(cancellationToken)).Select(path => (Path: path, Rule: files.Config.FindRule(path)!)).ToList();
            Output.Print(
                parsed,
                string.Join('\n', rows.Select(static row => $"{row.Path}  {string.Join(" + ", row.Rule.KeyGroups.Select(static group => string.Join(", ", Keys(group))))}".TrimEnd())),
                () => new JArray(rows.Select(static row => new JObject
                {
                    ["path"] = row.Path,
                    ["pathRegex"] = row.Rule.PathRegex,
                    ["keyGroups"] = new JArray(row.Rule.KeyGroups.Select(static group => new JArray(Keys(group)))),
                })));
        });
        return command;
    }

    private static Command CreateHook()
    {
        var remove = new Option<bool>("--remove") { Description = "Take the hook away again." };
        var print = new Option<bool>("--print") { Description = "Print the hook, and install nothing." };
        var program = new Option<string>("--program")
        {
            Description = "The command that runs nixsharp, as the shell reads it.",
            HelpName = "COMMAND",
            DefaultValueFactory = static _ => "nixsharp",
        };
        var command = new Command("hook", "Install a hook of Git that refuses commits with secrets that are not encrypted.") { Folder, remove, print, program };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetRequiredValue(Folder);
            if (parsed.GetValue(print))
            {
                Console.Out.Write(SecretsHook.Write(parsed.GetRequiredValue(program)));
            }
            else if (parsed.GetValue(remove))
            {
                var removed = await SecretsHook.RemoveAsync(folder, cancellationToken);
                Output.Print(parsed, removed ? "removed" : "there is no hook of nixsharp's", () => new JObject { ["removed"] = removed });
            }
            else
            {
                var file = await SecretsHook.InstallAsync(folder, parsed.GetRequiredValue(program), cancellationToken);
                Output.Print(parsed, file, () => new JObject { ["hook"] = file });
            }
        });
        return command;
    }

    private static Command CreateUpdateKeys()
    {
        var program = new Option<string>("--program") { Description = "The sops to run.", HelpName = "PROGRAM", DefaultValueFactory = static _ => "sops" };
        var command = new Command("update-keys", "Give every file that the rules of .sops.yaml name the keys that they name, by running sops updatekeys.") { Folder, program };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = await SecretFiles.OpenAsync(parsed.GetRequiredValue(Folder), cancellationToken);
            var log = parsed.GetValue(GlobalOptions.Quiet) ? null : new ErrorLines();
            var updated = await new SopsUpdater(parsed.GetRequiredValue(program)).UpdateAsync(files, log, cancellationToken);
            Output.Print(parsed, string.Join('\n', updated), () => new JArray(updated));
        });
        return command;
    }

    private static IEnumerable<string> Keys(SopsKeyGroup group) => [.. group.Age, .. group.Pgp, .. group.Kms.Select(static key => key.Arn)];

    private sealed class ErrorLines : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
