using System.Text;
using NixSharp.Files;
using NixSharp.Hashing;

namespace NixSharp.Stores;

public sealed partial class LocalStore : IIndirectRoots
{
    /// <inheritdoc/>
    public Task AddIndirectRootAsync(string link, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(link);
        return RunAsync(
            () =>
            {
                RefuseIfReadOnly();
                Remember(Path.GetFullPath(link));
                return Task.FromResult(true);
            },
            cancellationToken);
    }

    /// <summary>Notes where a symlink is that keeps a path; the note is dead once the symlink is gone.</summary>
    private void Remember(string link)
    {
        var auto = Path.Combine(Layout.GcRoots, "auto");
        Directory.CreateDirectory(auto);
        var name = NixHash.Compute(NixHashAlgorithm.Sha1, Encoding.UTF8.GetBytes(link)).ToDigestString(HashFormat.Nix32);
        AtomicFile.WriteSymlink(Path.Combine(auto, name), link);
    }
}
