using NixSharp.Stores.Caches;

namespace NixSharp.Stores;

/// <summary>Opens stores by Nix's own URIs.</summary>
public static class NixStore
{
    /// <summary>
    /// Opens a store: <c>auto</c>, <c>local</c>, <c>local?root=DIR</c>, or a folder, which means the chroot store in it;
    /// <c>daemon</c>, <c>unix:///SOCKET</c>; <c>ssh-ng://HOST</c>. <c>auto</c> is the daemon of this machine where one
    /// answers, else the machine's store where this user may write it, and else the chroot store at
    /// <c>${XDG_DATA_HOME:-~/.local/share}/nix/root</c>, which Nix uses in that case too.
    /// </summary>
    /// <exception cref="NixStoreException">The URI cannot be read, has a parameter that its kind does not know, or there can be no store at that place.</exception>
    public static Task<INixStore> OpenAsync(string uri = "auto", StoreOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(StoreReference.Parse(uri), options, cancellationToken);

    /// <summary>Opens the store that <paramref name="reference"/> names.</summary>
    /// <exception cref="NixStoreException">There can be no store at that place, or it is of a kind that cannot be opened.</exception>
    public static async Task<INixStore> OpenAsync(StoreReference reference, StoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        reference.RefuseUnknownParameters();
        return reference.Kind switch
        {
            StoreKind.Auto => await OpenAsync(await ChooseAsync(reference, cancellationToken).ConfigureAwait(false), options, cancellationToken).ConfigureAwait(false),
            StoreKind.Local => await Task.Run(() => LocalStore.Open(reference, options, cancellationToken), cancellationToken).ConfigureAwait(false),
            StoreKind.Daemon => await DaemonStore.OpenAsync(reference, options, cancellationToken).ConfigureAwait(false),
            StoreKind.SshNg => await SshStore.OpenAsync(reference, options, cancellationToken).ConfigureAwait(false),
            StoreKind.File or StoreKind.Http or StoreKind.S3 => await BinaryCacheStore.OpenAsync(reference, options, cancellationToken).ConfigureAwait(false),
            _ => throw StoreReference.Invalid(reference.ToDisplayString(), "stores of this kind are not supported"),
        };
    }

    /// <summary>The store that <c>auto</c> means here, with the parameters that were given to <c>auto</c>.</summary>
    private static async Task<StoreReference> ChooseAsync(StoreReference auto, CancellationToken cancellationToken)
    {
        if (IsForDaemon(auto) && await DaemonStore.IsThereAsync(cancellationToken).ConfigureAwait(false))
        {
            return new StoreReference(StoreKind.Daemon) { Parameters = auto.Parameters };
        }

        var root = auto.Root ?? LocalStore.ChooseRoot();
        var parameters = auto.Parameters.Where(static parameter => parameter.Key != "root");
        return new StoreReference(StoreKind.Local)
        {
            Parameters = (root is null ? parameters : parameters.Append(new("root", root))).ToDictionary(),
        };
    }

    /// <summary>Whether nothing that was given speaks of a store in another folder, or of what a daemon does not know.</summary>
    private static bool IsForDaemon(StoreReference auto) =>
        !OperatingSystem.IsWindows()
        && auto is { Root: null, RealFolder: null, StateFolder: null }
        && auto.Parameters.Keys.All(StoreParameters.KnownTo(StoreKind.Daemon).Contains);
}
