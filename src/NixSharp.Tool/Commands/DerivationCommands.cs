using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp drv ...</c></summary>
internal static class DerivationCommands
{
    private static readonly Dictionary<string, DerivationJsonFormat> Layouts = new()
    {
        ["2.3"] = DerivationJsonFormat.Nix23,
        ["2.15"] = DerivationJsonFormat.Nix215,
        ["2.18"] = DerivationJsonFormat.Nix218,
        ["2.23"] = DerivationJsonFormat.Nix223,
        ["2.30"] = DerivationJsonFormat.Nix230,
        ["2.32"] = DerivationJsonFormat.Version3,
        ["2.33"] = DerivationJsonFormat.Version4,
    };

    public static Command Create() => new("drv", "Derivations.")
    {
        CreateShow(),
        CreatePath(),
        CreateAdd(),
        CreateGraph(),
        DerivationBuildCommand.Create(),
    };

    private static Command CreateShow()
    {
        var derivations = Derivations();
        var recursive = new Option<bool>("--recursive", "-r") { Description = "All derivations that they need, too." };
        var layout = new Option<string>("--layout")
        {
            Description = "The layout of the JSON, by the first release of Nix that wrote it: 2.3, 2.15, 2.18, 2.23, 2.30, 2.32 or 2.33.",
            HelpName = "RELEASE",
            DefaultValueFactory = static _ => "2.33",
        };
        layout.AcceptOnlyFromAmong([.. Layouts.Keys]);
        var command = new Command("show", "Print derivations as JSON, as nix derivation show does.") { derivations, recursive, layout };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var input = new DerivationInputs(parsed);
            var shown = new Dictionary<StorePath, Derivation>();
            foreach (var (path, derivation) in await input.ReadAllAsync(parsed.GetRequiredValue(derivations), cancellationToken))
            {
                shown[path] = derivation;
                if (parsed.GetValue(recursive))
                {
                    var graph = await (await input.OpenStoreAsync(cancellationToken)).LoadDerivationsAsync([.. derivation.InputDerivations.Keys], cancellationToken);
                    foreach (var needed in graph.Paths)
                    {
                        shown[needed] = graph[needed];
                    }
                }
            }

            await using var output = Output.OpenBuffered();
            await output.WriteAsync(NixSharp.Json.JsonText.Format(DerivationJson.Write(shown, Layouts[parsed.GetRequiredValue(layout)])));
        });
        return command;
    }

    private static Command CreatePath()
    {
        var derivations = Derivations();
        var check = new Option<bool>("--check") { Description = "Compute the paths of the outputs anew, from the derivations that it needs, and refuse what differs." };
        var command = new Command("path", "Print the store path that a derivation has, and the paths of its outputs.") { derivations, check };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var input = new DerivationInputs(parsed);
            var results = new JArray();
            var lines = new List<string>();
            foreach (var (path, derivation) in await input.ReadAllAsync(parsed.GetRequiredValue(derivations), cancellationToken))
            {
                if (parsed.GetValue(check))
                {
                    await input.CheckAsync(path, derivation, cancellationToken);
                }

                var outputs = new JObject();
                lines.Add(path.ToString());
                foreach (var output in derivation.Outputs.Keys.Order(ByteText.Comparer))
                {
                    var known = derivation.GetOutputPath(output)?.ToString();
                    outputs[output] = known;
                    lines.Add($"  {output} {known ?? "(known once it is built)"}");
                }

                results.Add(new JObject { ["drvPath"] = path.ToString(), ["outputs"] = outputs });
            }

            Output.Print(parsed, string.Join('\n', lines), () => results);
        });
        return command;
    }

    private static Command CreateAdd()
    {
        var file = new Argument<string>("file") { Description = "A .drv file, or JSON as nix derivation show prints it, or - for JSON on standard input." };
        var name = new Option<string?>("--name", "-n") { Description = "The name of a derivation whose JSON has none, as before Nix 2.15. Default: that of the file.", HelpName = "NAME" };
        var command = new Command("add", "Add derivations to a store; output paths that are left out are filled in.") { file, name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var input = new DerivationInputs(parsed);
            var added = await input.AddAsync(parsed.GetRequiredValue(file), parsed.GetValue(name), cancellationToken);
            Output.Print(parsed, string.Join('\n', added), () => new JArray(added.Select(static path => new JObject { ["drvPath"] = path.ToString() })));
        });
        return command;
    }

    private static Command CreateGraph()
    {
        var derivations = Derivations();
        var format = new Option<string>("--format") { Description = "dot (Graphviz) or mermaid.", HelpName = "FORMAT", DefaultValueFactory = static _ => "dot" };
        format.AcceptOnlyFromAmong("dot", "mermaid");
        var command = new Command("graph", "Print derivations and those that they need as a graph.") { derivations, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var input = new DerivationInputs(parsed);
            var graph = await input.LoadAsync(parsed.GetRequiredValue(derivations), cancellationToken);
            await using var output = Output.OpenBuffered();
            await (parsed.GetValue(format) == "mermaid"
                ? graph.WriteMermaidAsync(output, cancellationToken)
                : graph.WriteDotAsync(output, cancellationToken));
        });
        return command;
    }

    private static Argument<string[]> Derivations() =>
        new("derivations") { Description = "Store paths of derivations, or .drv files.", Arity = ArgumentArity.OneOrMore };
}
