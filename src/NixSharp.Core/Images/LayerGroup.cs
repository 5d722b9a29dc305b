using System.Collections;
using System.IO.Enumeration;
using NixSharp.Closures;
using NixSharp.Images.Layerings;
using NixSharp.StorePaths;

namespace NixSharp.Images;

/// <summary>Store paths that are to share a layer, by their names.</summary>
/// <param name="Patterns">
/// Names such as <c>hello-1.0</c>, in which <c>*</c> stands for any characters; with <c>^</c> before one, everything that
/// such a path needs is meant too.
/// </param>
public sealed record LayerGroup(params IReadOnlyList<string> Patterns)
{
    private const char WithClosure = '^';

    /// <summary>The patterns, with commas between them.</summary>
    public override string ToString() => string.Join(',', Patterns);

    /// <summary>The paths that are meant, what is needed before what needs it.</summary>
    internal IEnumerable<StorePath> Choose(Closure closure)
    {
        var graph = new LayerGraph(closure);
        var chosen = new BitArray(closure.Paths.Count);
        foreach (var pattern in Patterns)
        {
            var named = Enumerable.Range(0, chosen.Count).Where(index => IsMatch(pattern.TrimStart(WithClosure), closure.Paths[index].Path.Name)).ToList();
            if (pattern.StartsWith(WithClosure))
            {
                chosen.Or(graph.NeedsOf(named));
            }

            named.ForEach(index => chosen[index] = true);
        }

        return closure.Paths.Where((_, index) => chosen[index]).Select(static info => info.Path);
    }

    // Store paths may have question marks in their names, which stand for themselves.
    private static bool IsMatch(string pattern, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern.Replace("?", "\\?", StringComparison.Ordinal), name, ignoreCase: false);
}
