using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>
/// Hashes files against the content address that a path is said to have. Without it, whoever knows the name of such a
/// path could put any files there: a content-addressed path needs no signature.
/// </summary>
internal static class ContentAddressCheck
{
    /// <summary>Checks the files that are to become <paramref name="info"/>'s, whose NAR hash was checked before.</summary>
    /// <exception cref="NixStoreException">The files have another content address.</exception>
    public static void Check(PathInfo info, string files, CancellationToken cancellationToken)
    {
        if (info.ContentAddress is not { } address)
        {
            return;
        }

        var isSame = address.AddressMethod switch
        {
            ContentAddressMethod.Nar => HasNarHash(info, address.Hash, files, cancellationToken),
            ContentAddressMethod.Git => HasGitHash(address.Hash, files, cancellationToken),
            _ => HasFlatHash(address.Hash, files, cancellationToken),
        };
        if (!isSame)
        {
            throw NarStaging.Differs(info, $"its files do not have the content address {address}");
        }
    }

    private static bool HasNarHash(PathInfo info, NixHash hash, string files, CancellationToken cancellationToken)
    {
        if (!info.References.Contains(info.Path))
        {
            return hash.Algorithm == NixHashAlgorithm.Sha256
                ? hash == info.NarHash
                : NarArchive.Digest(files, hash.Algorithm, [], null, cancellationToken).Hash == hash;
        }

        using var hasher = new SelfReferenceHasher(hash.Algorithm, info.Path);
        using (var writer = new NarWriter(hasher))
        {
            FileTree.Read(files, writer, cancellationToken);
        }

        var (withPlaces, withoutPlaces) = hasher.Complete();
        return hash == withPlaces || hash == withoutPlaces;
    }

    private static bool HasGitHash(NixHash hash, string files, CancellationToken cancellationToken)
    {
        var hasher = new GitTreeHasher(hash.Algorithm);
        FileTree.Read(files, hasher, cancellationToken);
        return hasher.Hash == hash && hasher.IsUnambiguous;
    }

    private static bool HasFlatHash(NixHash hash, string files, CancellationToken cancellationToken)
    {
        try
        {
            var hasher = new PlainFileHasher(hash.Algorithm);
            FileTree.Read(files, hasher, cancellationToken);
            return hasher.Hash == hash && !hasher.IsExecutable;
        }
        catch (NixFormatException error) when (error.Code == NixErrorCodes.UnsupportedFileType)
        {
            // A folder or a symlink has no such hash.
            return false;
        }
    }
}
