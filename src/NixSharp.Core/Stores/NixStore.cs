namespace NixSharp.Stores;

/// <summary>Opens stores by Nix's own URIs.</summary>
public static class NixStore
{
    /// <summary>
    /// Opens a store: <c>auto</c>, <c>local</c>, <c>local?root=DIR</c>, or a folder, which means the chroot store in it.
    /// <c>auto</c> is the machine's store where this user may write it, and else the chroot store at
    /// <c>${XDG_DATA_HOME:-~/.local/share}/nix/root</c>, which Nix uses in that case too.
    /// </summary>
    /// <exception cref="NixStoreException">The URI cannot be read, or there can be no store at that place.</exception>
    public static Task<INixStore> OpenAsync(string uri = "auto", StoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var reference = StoreReference.Parse(uri);
        return Task.Run<INixStore>(
            () => reference.Kind switch
            {
                StoreKind.Auto => LocalStore.Open(LocalStore.ChooseRoot(), options, cancellationToken),
                _ => LocalStore.Open(reference.Root, options, cancellationToken),
            },
            cancellationToken);
    }
}
