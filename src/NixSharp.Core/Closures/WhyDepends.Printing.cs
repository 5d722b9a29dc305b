using System.Text;

namespace NixSharp.Closures;

public sealed partial class WhyDepends
{
    /// <summary>The shortest chain as a tree, as <c>nix why-depends</c> prints it; no more than the path where there is no chain.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Path}\n");
        foreach (var (step, path) in ShortestChain.Index().Skip(1))
        {
            text.Append(new string(' ', (step - 1) * TreeText.Space.Length)).Append(TreeText.LastBranch).Append(path).Append('\n');
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
        await TreeText.WriteAsync(Path, path => _next.TryGetValue(path, out var references) ? references : [], [], "", output, cancellationToken).ConfigureAwait(false);
    }
}
