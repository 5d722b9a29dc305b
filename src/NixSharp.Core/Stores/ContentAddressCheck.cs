using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Whether a path is what its content address says.</summary>
internal static class ContentAddressCheck
{
    /// <summary>Whether <see cref="WhyNot"/> can tell by the files alone, so that nobody has to vouch for the path.</summary>
    public static bool CanTell(PathInfo info) =>
        info.ContentAddress is { AddressMethod: not ContentAddressMethod.Git } && !info.References.Contains(info.Path);

    /// <summary>Why a path is not what its content address says; null where nothing speaks against it.</summary>
    /// <param name="info">What is known of the path, whose NAR hash is right.</param>
    /// <param name="files">Where its files are.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    public static string? WhyNot(PathInfo info, string files, CancellationToken cancellationToken)
    {
        var address = info.ContentAddress!.Value;
        var others = info.References.Where(reference => reference != info.Path).ToList();
        try
        {
            var expected = StorePath.FromContentAddress(info.Path.Name, address, others, others.Count < info.References.Count, info.Path.Directory);
            if (expected != info.Path)
            {
                return $"its content address {address} gives {expected}";
            }

            if (!CanTell(info))
            {
                return null;
            }

            var found = Hash(info, address, files, cancellationToken);
            return found == address.Hash ? null : $"its content address is {address}, and its contents have the hash {found}";
        }
        catch (NixFormatException error)
        {
            return $"its content address {address} does not fit: {error.Message}";
        }
    }

    private static NixHash Hash(PathInfo info, ContentAddress address, string files, CancellationToken cancellationToken)
    {
        if (address.AddressMethod == ContentAddressMethod.Nar)
        {
            return address.Hash.Algorithm == info.NarHash.Algorithm
                ? info.NarHash
                : NarArchive.Digest(files, address.Hash.Algorithm, [], null, cancellationToken).Hash;
        }

        var hasher = new PlainFileHasher(address.Hash.Algorithm);
        FileTree.Read(files, hasher, cancellationToken);
        return hasher.Hash;
    }
}
