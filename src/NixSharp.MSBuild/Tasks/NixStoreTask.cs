using Microsoft.Build.Framework;
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

    /// <summary>The store paths that an earlier target left in <paramref name="rootItems"/>.</summary>
    protected IReadOnlyList<StorePath> ReadRoots(INixStore store, string rootItems)
    {
        ArgumentNullException.ThrowIfNull(store);
        return [.. ItemFile.Read(PathOf(rootItems)).Select(item => StorePath.Parse(item.ItemSpec, store.StoreDirectory))];
    }

    /// <summary>The text, or null where a property was left empty.</summary>
    protected static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
