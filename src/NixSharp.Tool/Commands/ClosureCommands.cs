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
        var format = new Option<string>("--format") { Description = "dot (Graphviz) or mermaid; or what nix-store --query prints with --tree, --graph and --graphml: tree, nix-dot or graphml.", HelpName = "FORMAT", DefaultValueFactory = static _ => "dot" };
        format.AcceptOnlyFromAmong("dot", "mermaid", "tree", "nix-dot", "graphml");
        var command = new Command("graph", "Print a closure as a graph.") { paths, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var closure = await store.GetClosureAsync(
                [.. parsed.GetRequiredValue(paths).Select(text => StorePath.Parse(text, store.StoreDirectory))],
                cancellationToken);
            await (parsed.GetValue(format) switch
            {
                "mermaid" => closure.WriteMermaidAsync(Console.Out, cancellationToken),
                "tree" => closure.WriteTreeAsync(Console.Out, cancellationToken),
                "nix-dot" => closure.WriteNixDotAsync(Console.Out, cancellationToken),
                "graphml" => closure.WriteGraphMLAsync(Console.Out, cancellationToken),
                _ => closure.WriteDotAsync(Console.Out, cancellationToken),
            });
        });
        return command;
    }
}
