using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Signs what stores have.</summary>
public static class StoreSigning
{
    /// <summary>Signs paths, as <c>nix store sign</c> does, and keeps the signatures in the store.</summary>
    /// <param name="store">The store; it has to keep signatures.</param>
    /// <param name="paths">The paths; each is signed by itself, without what it refers to.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the operation; paths that are signed by then stay signed.</param>
    /// <returns>The signature of each path, in the order given.</returns>
    /// <exception cref="NixStoreException">A path is not valid, or the store keeps no signatures.</exception>
    public static async Task<IReadOnlyList<KeyValuePair<StorePath, Signature>>> SignAsync(
        this INixStore store,
        IReadOnlyCollection<StorePath> paths,
        SecretKey key,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var signatures = store.Require<ISignatureStore>("keep signatures");
        var signed = new List<KeyValuePair<StorePath, Signature>>(paths.Count);
        foreach (var info in await store.GetPathInfosAsync(paths, cancellationToken).ConfigureAwait(false))
        {
            var signature = key.Sign(info);
            if (!info.Signatures.Contains(signature.ToString()))
            {
                await signatures.AddSignaturesAsync(info.Path, [signature.ToString()], cancellationToken).ConfigureAwait(false);
            }

            signed.Add(new(info.Path, signature));
        }

        return signed;
    }
}
