using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Closures;

public static partial class ClosureGraph
{
    private const string GraphMLStart = """
        <?xml version='1.0' encoding='utf-8'?>
        <graphml xmlns='http://graphml.graphdrawing.org/xmlns'
            xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'
            xsi:schemaLocation='http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd'>
        <key id='narSize' for='node' attr.name='narSize' attr.type='int'/><key id='name' for='node' attr.name='name' attr.type='string'/><key id='type' for='node' attr.name='type' attr.type='string'/><graph id='G' edgedefault='directed'>
        """;

    // Each arrow of Nix's takes the next colour.
    private static readonly string[] Colours = ["black", "red", "green", "blue", "magenta", "burlywood"];

    /// <summary>Writes the graph in the DOT language as Nix does, the same bytes as <c>nix-store --query --graph</c>: its arrows lead to what refers.</summary>
    public static async Task WriteNixDotAsync(this Closure closure, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(output);
        var edges = 0;
        await GraphText.WriteLineAsync(output, "digraph G {", cancellationToken).ConfigureAwait(false);
        foreach (var info in InOrderOfNix(closure))
        {
            await GraphText.WriteLineAsync(output, $"\"{info.Path.BaseName}\" [label = \"{info.Path.Name}\", shape = box, style = filled, fillcolor = \"#ff0000\"];", cancellationToken).ConfigureAwait(false);
            foreach (var reference in info.References.Where(reference => reference != info.Path))
            {
                await GraphText.WriteLineAsync(output, $"\"{reference.BaseName}\" -> \"{info.Path.BaseName}\" [color = \"{Colours[edges++ % Colours.Length]}\"];", cancellationToken).ConfigureAwait(false);
            }
        }

        await GraphText.WriteLineAsync(output, "}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes the graph as GraphML, the same bytes as <c>nix-store --query --graphml</c> of Nix 2.8: of a name only what comes
    /// before its first dash is in it, with the dash. Nix 2.26 differs in one word, the type of sizes, which it calls long.
    /// </summary>
    public static async Task WriteGraphMLAsync(this Closure closure, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(output);
        await GraphText.WriteLineAsync(output, GraphMLStart, cancellationToken).ConfigureAwait(false);
        foreach (var info in InOrderOfNix(closure))
        {
            // The characters that XML would have quoted are in no store path.
            var name = info.Path.Name;
            var node = $"""
                  <node id="{info.Path.BaseName}">
                    <data key="narSize">{info.NarSize}</data>
                    <data key="name">{name[..(name.IndexOf('-', StringComparison.Ordinal) + 1)]}</data>
                    <data key="type">{(info.Path.IsDerivation ? "derivation" : "output-path")}</data>
                  </node>
                """;
            await GraphText.WriteLineAsync(output, node, cancellationToken).ConfigureAwait(false);
            foreach (var reference in info.References.Where(reference => reference != info.Path))
            {
                await GraphText.WriteLineAsync(output, $"  <edge source=\"{info.Path.BaseName}\" target=\"{reference.BaseName}\"/>", cancellationToken).ConfigureAwait(false);
            }
        }

        await GraphText.WriteLineAsync(output, "</graph>\n</graphml>", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Always the first, by name, of those that were reached and not written.</summary>
    private static IEnumerable<PathInfo> InOrderOfNix(Closure closure)
    {
        var reached = new HashSet<StorePath>(closure.Roots);
        var open = new SortedSet<StorePath>(reached);
        while (open.Count > 0)
        {
            var info = closure[open.Min];
            open.Remove(info.Path);
            open.UnionWith(info.References.Where(reached.Add));
            yield return info;
        }
    }
}
