using System.Text;
using NixSharp.Hashing;

namespace NixSharp.Csi.Realising;

/// <summary>
/// The symlinks that keep what was realised until a volume keeps it: a build that ends when nobody waits is there for who
/// comes again.
/// </summary>
internal sealed class RealisedRoots(string folder)
{
    /// <summary>Where the symlink of a realisation is.</summary>
    public string PathOf(string key) => Path.Combine(
        folder,
        NixHash.Compute(NixHashAlgorithm.Sha256, Encoding.UTF8.GetBytes(key)).ToDigestString(HashFormat.Nix32));

    /// <summary>Removes those that are older than <paramref name="grace"/>; more than one output of a build has one each.</summary>
    public void Prune(TimeSpan grace)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var link in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (link.LinkTarget is not null && DateTime.UtcNow - link.LastWriteTimeUtc > grace)
            {
                link.Delete();
            }
        }
    }
}
