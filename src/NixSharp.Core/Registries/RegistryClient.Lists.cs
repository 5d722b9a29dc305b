using System.Text.RegularExpressions;

namespace NixSharp.Registries;

public sealed partial class RegistryClient
{
    /// <summary>The repository's tags, page by page as the registry gives them, in its order.</summary>
    /// <exception cref="RegistryException">The registry has no such repository (<c>NIXS4104</c>).</exception>
    public IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken = default) =>
        new RegistryPages(_transport).ListAsync(RepositoryUri($"tags/list?n={RegistryPages.ItemsOnPage}"), _readScope, "tags", static tag => TagPattern().IsMatch(tag), cancellationToken);

    /// <summary>Whether the repository has a manifest.</summary>
    /// <param name="reference">A tag or digest; null takes that of <see cref="Reference"/>.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<bool> HasManifestAsync(string? reference = null, CancellationToken cancellationToken = default) =>
        await FindManifestAsync(reference, cancellationToken).ConfigureAwait(false) is not null;

    internal Task<RegistryPage?> FindPageAsync(Uri uri, RegistryScope scope, IReadOnlyList<string> accept, CancellationToken cancellationToken) =>
        new RegistryPages(_transport).FindAsync(uri, scope, accept, cancellationToken);

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();
}
