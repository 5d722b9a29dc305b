using System.Runtime.CompilerServices;

namespace NixSharp.Registries;

/// <summary>Lists the repositories of registries, as far as they tell them.</summary>
public static class RegistryCatalog
{
    /// <summary>The repositories of a registry, page by page as it gives them, in its order.</summary>
    /// <param name="registry">The registry: <c>registry.example.org:5000</c>.</param>
    /// <param name="options">How it is talked to.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    /// <exception cref="RegistryException">The registry keeps no catalog (<c>NIXS4104</c>), or does not show it to these credentials (<c>NIXS4103</c>).</exception>
    public static async IAsyncEnumerable<string> ListAsync(
        string registry,
        RegistryOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= new RegistryOptions();
        var address = RegistryAddress.Parse(registry) with { Repository = null };
        using var transport = new RegistryTransport(new RegistryEndpoint(address, options.Insecure, options.Credentials), options);
        var uri = new Uri(transport.BaseUri, $"/v2/_catalog?n={RegistryPages.ItemsOnPage}");
        await foreach (var repository in new RegistryPages(transport)
            .ListAsync(uri, RegistryScope.Catalog, "repositories", ImageReference.IsRepository, cancellationToken).ConfigureAwait(false))
        {
            yield return repository;
        }
    }
}
