namespace NixSharp.Stores;

/// <summary>Asks a store for what only some stores can do.</summary>
public static class StoreCapabilities
{
    /// <summary>The store itself, as <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">What it should be able to do, such as <see cref="IGarbageCollector"/>.</typeparam>
    /// <param name="store">The store.</param>
    /// <param name="operation">What is to be done, for the message: "collect garbage".</param>
    /// <exception cref="NixStoreException">Stores of this kind cannot do that.</exception>
    public static T Require<T>(this INixStore store, string operation)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(store);
        return store as T ?? throw new NixStoreException(
            NixErrorCodes.StoreCannot,
            $"The store {store.Uri} cannot {operation}: stores of this kind do not offer that. Use a local store or a daemon's.");
    }
}
