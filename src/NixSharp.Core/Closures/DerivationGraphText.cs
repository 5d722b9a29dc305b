using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Closures;

/// <summary>Writes derivations as a graph: an arrow from each to those that it needs, with the outputs if not <c>out</c> alone.</summary>
public static class DerivationGraphText
{
    /// <summary>Writes the graph in the DOT language of Graphviz.</summary>
    public static Task WriteDotAsync(this DerivationGraph graph, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(output);
        return GraphText.WriteDotAsync("derivations", Nodes(graph), Edges(graph), output, cancellationToken);
    }

    /// <summary>Writes the graph as a Mermaid flow chart, which Markdown viewers draw.</summary>
    public static Task WriteMermaidAsync(this DerivationGraph graph, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(output);
        return GraphText.WriteMermaidAsync(Nodes(graph), Edges(graph), output, cancellationToken);
    }

    private static IEnumerable<(StorePath Path, string First, string Second, bool IsBold)> Nodes(DerivationGraph graph)
    {
        var roots = graph.Roots.ToHashSet();
        return graph.Paths.Select(path => (path, graph[path].Name, string.Join(' ', graph[path].Outputs.Keys.Order(ByteText.Comparer)), roots.Contains(path)));
    }

    private static IEnumerable<(StorePath From, StorePath To, string? Label)> Edges(DerivationGraph graph) =>
        from path in graph.Paths
        from input in graph[path].InputDerivations.OrderBy(static input => input.Key)
        select (path, input.Key, LabelOf(input.Value));

    private static string? LabelOf(DerivationInput input) =>
        input.Outputs is ["out"] && input.DynamicOutputs.Count == 0
            ? null
            : string.Join(' ', input.Outputs.Concat(input.DynamicOutputs.Keys.Order(ByteText.Comparer).Select(static output => $"{output}^")));
}
