using NixSharp.Images.Oci;

namespace NixSharp.Registries;

public sealed partial class RegistryClient
{
    /// <summary>What the registry's own API lists for a manifest; null where the registry has no such API.</summary>
    internal async Task<IReadOnlyList<Referrer>?> FindReferrersAsync(OciDigest subject, string? artifactType, CancellationToken cancellationToken)
    {
        var all = new List<Referrer>();
        Uri? next = RepositoryUri($"referrers/{subject}");
        if (artifactType is not null)
        {
            next = RegistryLocation.WithParameter(next, "artifactType", artifactType);
        }

        for (var number = 0; next is not null; number++)
        {
            var asked = next;
            var page = number < RegistryPages.MaxPages
                ? await FindPageAsync(asked, _readScope, [OciMediaTypes.Index], cancellationToken).ConfigureAwait(false)
                : throw RegistryPages.Unusable(asked, $"the list has more than {RegistryPages.MaxPages} pages");
            if (page is null)
            {
                return null;
            }

            all.AddRange(ReferrersIndex.Read(page.Content, $"The list of referrers at {RegistryAnswer.Show(asked)}"));
            next = page.Next;
        }

        return all;
    }
}
