using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.SupplyChain.Bills;

/// <summary>
/// What a closure is made of: every store path with its package, hash and dependencies and, where the store has the
/// derivations, what was downloaded to build it. The same closure and derivations give the same bill on every machine.
/// </summary>
public sealed class BillOfMaterials
{
    private BillOfMaterials(IReadOnlyList<StorePath> roots, IReadOnlyList<BillComponent> components)
    {
        Roots = roots;
        Components = components;
    }

    /// <summary>The paths that the closure was asked for.</summary>
    public IReadOnlyList<StorePath> Roots { get; }

    /// <summary>Every path of the closure, what is referred to before what refers to it.</summary>
    public IReadOnlyList<BillComponent> Components { get; }

    /// <summary>Describes a closure, whose store must be open.</summary>
    /// <exception cref="NixFormatException">A derivation in the store is damaged.</exception>
    public static async Task<BillOfMaterials> CreateAsync(Closure closure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(closure);
        var reader = new ComponentReader(closure.Store);
        var components = new List<BillComponent>(closure.Paths.Count);
        foreach (var info in closure.Paths)
        {
            components.Add(await reader.ReadAsync(info, cancellationToken).ConfigureAwait(false));
        }

        return new BillOfMaterials(closure.Roots, components);
    }
}
