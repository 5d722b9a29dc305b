using System.Collections;
using NixSharp.StorePaths;

namespace NixSharp.Closures;

/// <summary>The closure size of every path in a closure, as <c>nix path-info -r -S</c> lists them.</summary>
public static class ClosureSizes
{
    /// <summary>
    /// Sums, for each path, the sizes of the NARs of all that it needs and of itself, in bytes. Takes memory that grows with
    /// the square of the number of paths: a bit for each pair.
    /// </summary>
    public static IReadOnlyDictionary<StorePath, long> ComputeSizes(this Closure closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        var position = new Dictionary<StorePath, int>();
        var needed = new BitArray[closure.Paths.Count];
        var sizes = new Dictionary<StorePath, long>();
        foreach (var info in closure.Paths)
        {
            var own = new BitArray(closure.Paths.Count);
            var index = position.Count;
            own[index] = true;
            foreach (var reference in info.References)
            {
                // Only a reference to the path itself is not before it.
                if (position.TryGetValue(reference, out var at))
                {
                    own.Or(needed[at]);
                }
            }

            position.Add(info.Path, index);
            needed[index] = own;
            sizes.Add(info.Path, closure.Paths.Where((_, at) => at <= index && own[at]).Sum(static path => path.NarSize));
        }

        return sizes;
    }
}
