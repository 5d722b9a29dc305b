using System.Net;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

public sealed partial class RegistryClient
{
    private const int MaxTagsCompared = 1000;

    /// <summary>
    /// Deletes a manifest by its digest, with all tags that name it, or a tag. Where the registry cannot delete a tag
    /// alone, its manifest goes if no other tag names it.
    /// </summary>
    /// <param name="reference">A tag or digest; null takes that of <see cref="Reference"/>.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    /// <returns>False where there was none.</returns>
    /// <exception cref="RegistryException">The registry does not delete, or not this alone (<c>NIXS4121</c>).</exception>
    public async Task<bool> DeleteManifestAsync(string? reference = null, CancellationToken cancellationToken = default)
    {
        var name = Checked(reference ?? Reference.ManifestReference);
        try
        {
            return await DeleteAsync(ManifestUri(name), cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (IsDeletionRefused(exception) && !OciDigest.TryParse(name, out _))
        {
            return await DeleteByDigestAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (exception.Status == HttpStatusCode.MethodNotAllowed)
        {
            throw Disabled(exception);
        }
    }

    /// <summary>Deletes a blob that no manifest needs any more; false where there was none.</summary>
    /// <exception cref="RegistryException">The registry does not delete (<c>NIXS4121</c>).</exception>
    public async Task<bool> DeleteBlobAsync(OciDigest digest, CancellationToken cancellationToken = default)
    {
        try
        {
            return await DeleteAsync(BlobUri(digest), cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (exception.Status == HttpStatusCode.MethodNotAllowed)
        {
            throw Disabled(exception);
        }
    }

    private static bool IsDeletionRefused(RegistryException exception) =>
        exception.Status is HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented;

    private RegistryException Disabled(RegistryException cause) => new(
        NixErrorCodes.RegistryDeletionRefused,
        $"{Reference.Registry} does not delete: {cause.Message} Have it allowed there (docker-registry: storage.delete.enabled), or delete with the registry's own tools.",
        cause)
    {
        Method = cause.Method,
        RequestUri = cause.RequestUri,
        Status = cause.Status,
        Errors = cause.Errors,
    };

    private async Task<bool> DeleteAsync(Uri uri, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Delete, uri, RegistryScope.Delete(_repository), HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode != HttpStatusCode.NotFound;
    }

    private async Task<bool> DeleteByDigestAsync(string tag, CancellationToken cancellationToken)
    {
        if (await FindManifestAsync(tag, cancellationToken).ConfigureAwait(false) is not { Digest: var digest })
        {
            return false;
        }

        var compared = 0;
        await foreach (var other in ListTagsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (other != tag && (++compared > MaxTagsCompared || (await FindManifestAsync(other, cancellationToken).ConfigureAwait(false))?.Digest == digest))
            {
                throw new RegistryException(
                    NixErrorCodes.RegistryDeletionRefused,
                    $"{Reference.Registry} deletes no tag alone, and the manifest of '{tag}' {(compared > MaxTagsCompared ? "may have other tags" : $"is '{other}' too")}. To delete it with all its tags, delete {Reference.Registry}/{Reference.Repository}@{digest}.");
            }
        }

        return await DeleteManifestAsync(digest.ToString(), cancellationToken).ConfigureAwait(false);
    }
}
