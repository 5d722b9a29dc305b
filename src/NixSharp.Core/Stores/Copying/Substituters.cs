using NixSharp.Configuration;
using NixSharp.Stores.Caches;

namespace NixSharp.Stores.Copying;

/// <summary>The stores that paths are fetched from, open, the preferred one first. Closes them in the end.</summary>
public sealed class Substituters : IAsyncDisposable
{
    private const int DefaultPriority = 50;

    private Substituters(IReadOnlyList<INixStore> stores, IReadOnlyList<SubstitutionFailure> failures)
    {
        Stores = stores;
        Failures = failures;
    }

    /// <summary>The stores, in the order of their priority; those of the same in the order given.</summary>
    public IReadOnlyList<INixStore> Stores { get; }

    /// <summary>The stores that could not be opened, and why. The others do without them.</summary>
    public IReadOnlyList<SubstitutionFailure> Failures { get; }

    /// <summary>Opens the <c>substituters</c> of Nix's configuration; none where <c>substitute</c> is off.</summary>
    public static Task<Substituters> OpenAsync(NixConfiguration configuration, StoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return OpenAsync(configuration.Substitute ? configuration.Substituters : [], options, cancellationToken);
    }

    /// <summary>Opens stores by their URIs.</summary>
    public static async Task<Substituters> OpenAsync(IEnumerable<string> uris, StoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uris);
        var stores = new List<INixStore>();
        var failures = new List<SubstitutionFailure>();
        foreach (var uri in uris.Distinct())
        {
            try
            {
                stores.Add(await NixStore.OpenAsync(uri, options, cancellationToken).ConfigureAwait(false));
            }
            catch (NixException error)
            {
                failures.Add(new SubstitutionFailure(uri, null, error));
            }
        }

        return new Substituters([.. stores.OrderBy(static store => store is BinaryCacheStore cache ? cache.Priority : DefaultPriority)], failures);
    }

    /// <summary>Closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in Stores)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }
}
