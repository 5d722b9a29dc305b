using NixSharp.Images.Oci;
using NixSharp.Registries;

namespace NixSharp.SupplyChain;

/// <summary>Finds the images that something is said of.</summary>
public static class RegistrySubjects
{
    /// <summary>The image that the client's reference means at this moment, by its digest.</summary>
    /// <exception cref="RegistryException">There is no such image, or the registry cannot be reached.</exception>
    public static async Task<(ImageSubject Image, OciDescriptor Manifest)> ResolveSubjectAsync(this RegistryClient client, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var manifest = await client.FindManifestAsync(cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw new RegistryException(NixErrorCodes.RegistryNotFound, $"There is no image {client.Reference} in its registry. Check the name and the tag, and that it has been pushed.");
        return (new ImageSubject($"{client.Reference.Registry}/{client.Reference.Repository}", manifest.Digest), manifest);
    }
}
