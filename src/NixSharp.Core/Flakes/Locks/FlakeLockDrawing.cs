using System.Text;

namespace NixSharp.Flakes.Locks;

/// <summary>Draws a lock file's nodes and the inputs between them, follows resolved.</summary>
public static class FlakeLockDrawing
{
    /// <summary>Draws for Graphviz; inputs that follow others are dashed.</summary>
    public static string ToDot(FlakeLock @lock)
    {
        ArgumentNullException.ThrowIfNull(@lock);
        var text = new StringBuilder("digraph inputs {\n");
        foreach (var name in @lock.Nodes.Keys)
        {
            text.Append($"  {Quote(name)};\n");
        }

        foreach (var (from, input, to, isFollowing) in Edges(@lock))
        {
            text.Append($"  {Quote(from)} -> {Quote(to)} [label={Quote(input)}{(isFollowing ? ", style=dashed" : "")}];\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>Draws for Mermaid, as Markdown shows it; inputs that follow others are dotted.</summary>
    public static string ToMermaid(FlakeLock @lock)
    {
        ArgumentNullException.ThrowIfNull(@lock);
        var numbers = @lock.Nodes.Keys.Select(static (name, index) => (name, index)).ToDictionary(static pair => pair.name, static pair => pair.index);
        var text = new StringBuilder("flowchart LR\n");
        foreach (var (name, number) in numbers)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  n{number}[\"{Escape(name)}\"]\n");
        }

        foreach (var (from, input, to, isFollowing) in Edges(@lock))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  n{numbers[from]} {(isFollowing ? "-.->" : "-->")}|\"{Escape(input)}\"| n{numbers[to]}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(string From, string Input, string To, bool IsFollowing)> Edges(FlakeLock @lock) =>
        @lock.Nodes.SelectMany(node => node.Value.Inputs.Select(input => (node.Key, input.Key, @lock.Resolve(node.Key, input.Key), input.Value.Node is null)));

    private static string Quote(string name) => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Escape(string name) => name.Replace("\"", "#quot;", StringComparison.Ordinal);
}
