using Microsoft.Build.Framework;
using NixSharp.Closures;
using NixSharp.MSBuild.Items;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>A task that works in a store, and leaves what it found or made in a file of items.</summary>
public abstract class NixStoreTask : NixTask
{
    /// <summary>The store, as a Nix store URI.</summary>
    [Required]
    public string Store { get; set; } = "";

    /// <summary>Where the resulting items are kept.</summary>
    [Required]
    public string ItemsFile { get; set; } = "";

    /// <summary>Opens <see cref="Store"/>; a relative folder is relative to the project.</summary>
    protected Task<INixStore> OpenStoreAsync(CancellationToken cancellationToken) =>
        NixStore.OpenAsync(Store.StartsWith('.') ? PathOf(Store) : Store, cancellationToken: cancellationToken);

    /// <summary>The closure of the store paths that an earlier target left in <paramref name="rootItems"/>.</summary>
    protected async Task<Closure> ReadClosureAsync(INixStore store, string rootItems, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        StorePath[] roots = [.. ItemFile.Read(PathOf(rootItems)).Select(item => StorePath.Parse(item.ItemSpec, store.StoreDirectory))];
        return await store.GetClosureAsync(roots, cancellationToken).ConfigureAwait(false);
    }
}
