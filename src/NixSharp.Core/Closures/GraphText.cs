using NixSharp.StorePaths;

namespace NixSharp.Closures;

/// <summary>Writes graphs of store paths for programs that draw them.</summary>
internal static class GraphText
{
    /// <summary>Writes a graph in the DOT language of Graphviz.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="nodes">Each path, the two lines of its label, and whether it is drawn bold.</param>
    /// <param name="edges">From, to, and what stands beside the arrow, if anything.</param>
    /// <param name="output">Takes the text.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    public static async Task WriteDotAsync(
        string name,
        IEnumerable<(StorePath Path, string First, string Second, bool IsBold)> nodes,
        IEnumerable<(StorePath From, StorePath To, string? Label)> edges,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        await WriteLineAsync(output, $"digraph {name} {{", cancellationToken).ConfigureAwait(false);
        await WriteLineAsync(output, "  rankdir = LR; node [shape = box];", cancellationToken).ConfigureAwait(false);
        foreach (var (path, first, second, isBold) in nodes)
        {
            await WriteLineAsync(output, $"  \"{path.BaseName}\" [label = \"{first}\\n{second}\"{(isBold ? ", style = bold" : "")}];", cancellationToken).ConfigureAwait(false);
        }

        foreach (var (from, to, label) in edges)
        {
            await WriteLineAsync(output, $"  \"{from.BaseName}\" -> \"{to.BaseName}\"{(label is null ? "" : $" [label = \"{label}\"]")};", cancellationToken).ConfigureAwait(false);
        }

        await WriteLineAsync(output, "}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a graph as a Mermaid flow chart, which Markdown viewers draw; see <see cref="WriteDotAsync"/>.</summary>
    public static async Task WriteMermaidAsync(
        IEnumerable<(StorePath Path, string First, string Second, bool IsBold)> nodes,
        IEnumerable<(StorePath From, StorePath To, string? Label)> edges,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        // Mermaid's node ids allow less than store path names do.
        var ids = new Dictionary<StorePath, string>();
        await WriteLineAsync(output, "flowchart LR", cancellationToken).ConfigureAwait(false);
        foreach (var (path, first, second, _) in nodes)
        {
            ids.Add(path, $"p{ids.Count}");
            await WriteLineAsync(output, $"  {ids[path]}[\"{first}<br/>{second}\"]", cancellationToken).ConfigureAwait(false);
        }

        foreach (var (from, to, label) in edges)
        {
            await WriteLineAsync(output, $"  {ids[from]} -->{(label is null ? "" : $"|\"{label}\"|")} {ids[to]}", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a line.</summary>
    public static Task WriteLineAsync(TextWriter output, string line, CancellationToken cancellationToken) =>
        output.WriteAsync($"{line}\n".AsMemory(), cancellationToken);
}
