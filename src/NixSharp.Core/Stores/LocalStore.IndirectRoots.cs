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
                var full = Path.GetFullPath(link);
                var auto = Path.Combine(Layout.GcRoots, "auto");
                Directory.CreateDirectory(auto);
                var name = NixHash.Compute(NixHashAlgorithm.Sha1, Encoding.UTF8.GetBytes(full)).ToDigestString(HashFormat.Nix32);
                AtomicFile.WriteSymlink(Path.Combine(auto, name), full);
                return Task.FromResult(true);
            },
            cancellationToken);
    }
}
