using NixSharp.StorePaths;

namespace NixSharp.Closures;

/// <summary>Draws trees of store paths with the lines that Nix draws.</summary>
internal static class TreeText
{
    public const string LastBranch = "└───";
    public const string Space = "    ";
    private const string Branch = "├───";
    private const string Line = "│   ";

    /// <summary>Writes a tree; without recursion, and what was shown once is not shown again below its second place.</summary>
    /// <param name="root">The path at the top.</param>
    /// <param name="next">What stands below a path.</param>
    /// <param name="shown">The paths that were shown before; those of this tree are added.</param>
    /// <param name="again">What stands behind a path that was shown before.</param>
    /// <param name="output">Takes the text.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    public static async Task WriteAsync(
        StorePath root,
        Func<StorePath, IReadOnlyList<StorePath>> next,
        HashSet<StorePath> shown,
        string again,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        var open = new Stack<(IReadOnlyList<StorePath> Paths, int Next, string Indent)>();
        await ShowAsync(root, "", "").ConfigureAwait(false);
        while (open.TryPop(out var top))
        {
            if (top.Next == top.Paths.Count)
            {
                continue;
            }

            open.Push(top with { Next = top.Next + 1 });
            var isLast = top.Next == top.Paths.Count - 1;
            await ShowAsync(top.Paths[top.Next], top.Indent + (isLast ? LastBranch : Branch), top.Indent + (isLast ? Space : Line)).ConfigureAwait(false);
        }

        async Task ShowAsync(StorePath path, string before, string indent)
        {
            var isNew = shown.Add(path);
            await output.WriteAsync($"{before}{path}{(isNew ? "" : again)}\n".AsMemory(), cancellationToken).ConfigureAwait(false);
            if (isNew)
            {
                open.Push((next(path), 0, indent));
            }
        }
    }
}
