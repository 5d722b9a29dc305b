using System.Text;
using NixSharp.StorePaths;

namespace NixSharp.Closures;

public sealed partial class WhyDepends
{
    private const string Branch = "├───";
    private const string LastBranch = "└───";
    private const string Line = "│   ";
    private const string Space = "    ";

    /// <summary>The shortest chain as a tree, as <c>nix why-depends</c> prints it; no more than the path where there is no chain.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Path}\n");
        foreach (var (step, path) in ShortestChain.Index().Skip(1))
        {
            text.Append(new string(' ', (step - 1) * Space.Length)).Append(LastBranch).Append(path).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// Writes every reference that lies on a chain as a tree, as <c>nix why-depends --all</c> prints it: what was shown once is
    /// not shown again below its second place.
    /// </summary>
    public async Task WriteTreeAsync(TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteAsync($"{Path}\n".AsMemory(), cancellationToken).ConfigureAwait(false);
        var shown = new HashSet<StorePath> { Path };
        var open = new Stack<(StorePath Path, int Next, string Indent)>();
        if (Depends)
        {
            open.Push((Path, 0, ""));
        }

        while (open.TryPop(out var top))
        {
            var references = _next[top.Path];
            if (top.Next == references.Count)
            {
                continue;
            }

            open.Push(top with { Next = top.Next + 1 });
            var isLast = top.Next == references.Count - 1;
            await output.WriteAsync($"{top.Indent}{(isLast ? LastBranch : Branch)}{references[top.Next]}\n".AsMemory(), cancellationToken).ConfigureAwait(false);
            if (shown.Add(references[top.Next]))
            {
                open.Push((references[top.Next], 0, top.Indent + (isLast ? Space : Line)));
            }
        }
    }
}
