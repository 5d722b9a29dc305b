using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Closures;

/// <summary>Writes a closure as a tree.</summary>
public static class ClosureTree
{
    /// <summary>
    /// Writes a tree from each root, the same bytes as <c>nix-store --query --tree</c>: <c>[...]</c> stands behind a path that
    /// was shown before, and of several references those that others of them refer to come first.
    /// </summary>
    /// <exception cref="NixStoreException">Paths refer to each other in a circle, which only a damaged store says.</exception>
    public static async Task WriteTreeAsync(this Closure closure, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentNullException.ThrowIfNull(output);
        var shown = new HashSet<StorePath>();
        foreach (var root in closure.Roots)
        {
            await TreeText.WriteAsync(root, ReferencesOf, shown, " [...]", output, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<StorePath> ReferencesOf(StorePath path) =>
            [.. ReferenceOrder.Sort([.. closure[path].References.Select(reference => closure[reference])]).Select(static info => info.Path)];
    }
}
