using System.Net;
using NixSharp.Images.Oci;
using NixSharp.Web;

namespace NixSharp.Registries;

public sealed partial class RegistryClient
{
    private const int MaxReferrerPages = 100;

    /// <summary>What the registry's own API lists for a manifest; null where the registry has no such API.</summary>
    internal async Task<IReadOnlyList<Referrer>?> FindReferrersAsync(OciDigest subject, string? artifactType, CancellationToken cancellationToken)
    {
        var all = new List<Referrer>();
        Uri? next = RepositoryUri($"referrers/{subject}");
        if (artifactType is not null)
        {
            next = RegistryLocation.WithParameter(next, "artifactType", artifactType);
        }

        for (var page = 0; next is not null; page++)
        {
            var request = new RegistryRequest(HttpMethod.Get, next, _readScope, HttpStatusCode.OK, HttpStatusCode.NotFound) { Accept = [OciMediaTypes.Index] };
            using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (page == MaxReferrerPages)
            {
                throw RegistryAnswer.Malformed(response, $"it has more than {MaxReferrerPages} pages");
            }

            var content = await RegistryAnswer.ReadAsync(response, MaxManifestSize, cancellationToken).ConfigureAwait(false);
            all.AddRange(ReferrersIndex.Read(content, $"The list of referrers at {RegistryAnswer.Show(next)}"));
            next = NextPage(response);
        }

        return all;
    }

    /// <summary>Where the next page is, by a <c>Link</c> header; it has to be at the same registry.</summary>
    private Uri? NextPage(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out var links) || links.FirstOrDefault(static link => link.Contains("next", StringComparison.Ordinal)) is not { } link)
        {
            return null;
        }

        var (start, end) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
        return start >= 0 && end > start && Uri.TryCreate(response.RequestMessage!.RequestUri!, link[(start + 1)..end], out var next) && Answers.IsSameOrigin(next, _transport.BaseUri)
            ? next
            : throw RegistryAnswer.Malformed(response, "its Link does not lead to another page of this registry");
    }
}
