using NixSharp.StorePaths;

namespace NixSharp.Closures;

/// <summary>Writes a closure as a graph: a node a path, an arrow from each path to what it refers to.</summary>
public static partial class ClosureGraph
{
    /// <summary>Writes the graph in the DOT language of Graphviz.</summary>
    public static Task WriteDotAsync(this Closure closure, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(output);
        return GraphText.WriteDotAsync("closure", Nodes(closure), Edges(closure), output, cancellationToken);
    }

    /// <summary>Writes the graph as a Mermaid flow chart, which Markdown viewers draw.</summary>
    public static Task WriteMermaidAsync(this Closure closure, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(output);
        return GraphText.WriteMermaidAsync(Nodes(closure), Edges(closure), output, cancellationToken);
    }

    private static IEnumerable<(StorePath Path, string First, string Second, bool IsBold)> Nodes(Closure closure)
    {
        var roots = closure.Roots.ToHashSet();
        return closure.Paths.Select(info => (info.Path, info.Path.Name, ByteSize.Format(info.NarSize), roots.Contains(info.Path)));
    }

    private static IEnumerable<(StorePath From, StorePath To, string? Label)> Edges(Closure closure) =>
        from info in closure.Paths
        from reference in info.References
        where reference != info.Path
        select (info.Path, reference, (string?)null);
}
