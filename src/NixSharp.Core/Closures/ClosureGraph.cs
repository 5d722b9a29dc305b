using System.Globalization;
using NixSharp.StorePaths;

namespace NixSharp.Closures;

/// <summary>Writes a closure as a graph: a node a path, an arrow from each path to what it refers to.</summary>
public static class ClosureGraph
{
    /// <summary>Writes the graph in the DOT language of Graphviz.</summary>
    public static async Task WriteDotAsync(this Closure closure, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(output);
        await WriteLineAsync(output, "digraph closure {", cancellationToken).ConfigureAwait(false);
        await WriteLineAsync(output, "  rankdir = LR; node [shape = box];", cancellationToken).ConfigureAwait(false);
        foreach (var info in closure.Paths)
        {
            var style = closure.Roots.Contains(info.Path) ? ", style = bold" : "";
            await WriteLineAsync(output, $"  \"{info.Path.BaseName}\" [label = \"{Label(info.Path, info.NarSize, "\\n")}\"{style}];", cancellationToken).ConfigureAwait(false);
        }

        foreach (var (from, to) in Edges(closure))
        {
            await WriteLineAsync(output, $"  \"{from.BaseName}\" -> \"{to.BaseName}\";", cancellationToken).ConfigureAwait(false);
        }

        await WriteLineAsync(output, "}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the graph as a Mermaid flow chart, which Markdown viewers draw.</summary>
    public static async Task WriteMermaidAsync(this Closure closure, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(output);

        // Mermaid's node ids allow less than store path names do.
        var ids = closure.Paths.Select(static (info, index) => (info.Path, Id: $"p{index}")).ToDictionary();
        await WriteLineAsync(output, "flowchart LR", cancellationToken).ConfigureAwait(false);
        foreach (var info in closure.Paths)
        {
            await WriteLineAsync(output, $"  {ids[info.Path]}[\"{Label(info.Path, info.NarSize, "<br/>")}\"]", cancellationToken).ConfigureAwait(false);
        }

        foreach (var (from, to) in Edges(closure))
        {
            await WriteLineAsync(output, $"  {ids[from]} --> {ids[to]}", cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<(StorePath From, StorePath To)> Edges(Closure closure) =>
        from info in closure.Paths
        from reference in info.References
        where reference != info.Path
        select (info.Path, reference);

    private static string Label(StorePath path, long size, string lineBreak) =>
        string.Create(CultureInfo.InvariantCulture, $"{path.Name}{lineBreak}{ByteSize.Format(size)}");

    private static Task WriteLineAsync(TextWriter output, string line, CancellationToken cancellationToken) =>
        output.WriteAsync($"{line}\n".AsMemory(), cancellationToken);
}
