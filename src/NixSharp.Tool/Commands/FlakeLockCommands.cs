using System.CommandLine;
using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.Locks;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp flake lock ...</c></summary>
internal static class FlakeLockCommands
{
    private static readonly Argument<string> File = new("file")
    {
        Description = "The flake.lock, or a folder that has one. Default: this folder.",
        DefaultValueFactory = static _ => ".",
    };

    public static Command Create() => new("lock", "Look into flake.lock.")
    {
        CreateShow(),
        CreateDiff(),
        CreateCheck(),
        CreateGraph(),
    };

    private static Command CreateShow()
    {
        var command = new Command("show", "List the inputs: what was asked for, and what is locked.") { File };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var @lock = await FlakeLock.ReadAsync(parsed.GetRequiredValue(File), cancellationToken);
            var inputs = @lock.ListInputs();
            var text = new StringBuilder();
            var width = inputs.Keys.Select(static path => path.Length).Append(0).Max();
            foreach (var (path, input) in inputs)
            {
                var node = input.Node is null ? null : @lock.Nodes[input.Node];
                var date = node?.Locked?.LastModified is { } time ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "          ";
                text.Append(CultureInfo.InvariantCulture, $"{path.PadRight(width)}  {(node is null ? input : $"{date}  {node.Original}")}\n");
            }

            Output.Print(parsed, text.ToString().TrimEnd('\n'), () => new JObject(inputs.Select(pair => new JProperty(pair.Key, Describe(@lock, pair.Key, pair.Value)))));
        });
        return command;
    }

    private static Command CreateDiff()
    {
        var old = new Argument<string>("old") { Description = "The lock file before." };
        var @new = new Argument<string>("new") { Description = "The lock file after. Default: the one in this folder.", DefaultValueFactory = static _ => "." };
        var command = new Command("diff", "Say in words what became of the inputs between two lock files.") { old, @new };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var difference = FlakeLockDifference.Between(
                await FlakeLock.ReadAsync(parsed.GetRequiredValue(old), cancellationToken),
                await FlakeLock.ReadAsync(parsed.GetRequiredValue(@new), cancellationToken));
            Output.Print(parsed, difference.ToString(), () => new JArray(difference.Changes.Select(static change => new JObject
            {
                ["input"] = change.Path,
                ["old"] = Describe(change.Old),
                ["new"] = Describe(change.New),
                ["change"] = change.ToString(),
            })));
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var age = new Option<int?>("--max-age") { Description = "Fail where an input of the flake is older than this.", HelpName = "DAYS" };
        var duplicates = new Option<bool>("--no-duplicates") { Description = "Fail where the same source is locked more than once." };
        var sources = new Option<string[]>("--source") { Description = "Compare the files in a folder with what an input was locked to. May be given several times.", HelpName = "INPUT=FOLDER" };
        sources.Validators.Add(static result =>
        {
            if (result.Tokens.FirstOrDefault(static token => !token.Value.Contains('=', StringComparison.Ordinal)) is { } token)
            {
                result.AddError($"--source takes INPUT=FOLDER, and got '{token.Value}'.");
            }
        });
        var command = new Command("check", "Check that a lock file can be used: that it has no gaps and circles, and what is asked for besides.") { File, age, duplicates, sources };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(File);
            var @lock = await FlakeLock.ReadAsync(file, cancellationToken);
            foreach (var pair in (parsed.GetValue(sources) ?? []).Select(static text => text.Split('=', 2)))
            {
                await @lock.VerifyAsync(pair[0], pair[1], cancellationToken);
            }

            var policy = new FlakeLockPolicy { MaxAge = parsed.GetValue(age) is { } days ? TimeSpan.FromDays(days) : null, AllowDuplicates = !parsed.GetValue(duplicates) };
            policy.Check(@lock, file);
            Output.Print(parsed, "", () => new JObject { ["version"] = @lock.Version, ["nodes"] = @lock.Nodes.Count });
        });
        return command;
    }

    private static Command CreateGraph()
    {
        var format = new Option<string>("--format") { Description = "dot or mermaid.", HelpName = "FORMAT", DefaultValueFactory = static _ => "dot" };
        format.AcceptOnlyFromAmong("dot", "mermaid");
        var command = new Command("graph", "Draw the nodes and the inputs between them.") { File, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var @lock = await FlakeLock.ReadAsync(parsed.GetRequiredValue(File), cancellationToken);
            Console.Out.Write(parsed.GetValue(format) == "mermaid" ? FlakeLockDrawing.ToMermaid(@lock) : FlakeLockDrawing.ToDot(@lock));
        });
        return command;
    }

    private static JObject Describe(FlakeLock @lock, string path, FlakeLockInput input)
    {
        var json = (JObject)Describe(new FlakeLockState(input, input.Node is null ? null : @lock.Nodes[input.Node]));
        json["node"] = @lock.Resolve(path.Split('/'));
        return json;
    }

    private static JToken Describe(FlakeLockState? state) => state switch
    {
        null => JValue.CreateNull(),
        { Node: { } node } => new JObject { ["original"] = node.Original?.ToJson(), ["locked"] = node.Locked?.ToJson(), ["flake"] = node.IsFlake },
        _ => new JObject { ["follows"] = new JArray(state.Input.Follows!) },
    };
}
