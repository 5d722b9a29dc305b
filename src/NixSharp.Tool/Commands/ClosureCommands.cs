using System.CommandLine;
using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp closure ...</c></summary>
internal static class ClosureCommands
{
    public static Command Create() => new("closure", "What store paths need.") { CreateGraph() };

    private static Command CreateGraph()
    {
        var paths = new Argument<string[]>("paths") { Description = "The store paths to start from.", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format") { Description = "dot (Graphviz) or mermaid.", HelpName = "FORMAT", DefaultValueFactory = static _ => "dot" };
        format.AcceptOnlyFromAmong("dot", "mermaid");
        var command = new Command("graph", "Print a closure as a graph.") { paths, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var closure = await store.GetClosureAsync(
                [.. parsed.GetRequiredValue(paths).Select(text => StorePath.Parse(text, store.StoreDirectory))],
                cancellationToken);
            await (parsed.GetValue(format) == "mermaid"
                ? closure.WriteMermaidAsync(Console.Out, cancellationToken)
                : closure.WriteDotAsync(Console.Out, cancellationToken));
        });
        return command;
    }
}
