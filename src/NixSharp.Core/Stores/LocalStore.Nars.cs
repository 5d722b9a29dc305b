using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    public Task ReadNarAsync(StorePath path, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        RefuseIfNotValid(path);
        return NarArchive.DumpAsync(GetRealPath(path), destination, cancellationToken);
    }

    /// <inheritdoc/>
    public Task AddNarAsync(PathInfo info, Stream nar, AddNarOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(nar);
        options ??= AddNarOptions.Default;
        return RunAsync(() => AddPathAsync(info.Path, Unpack, options.Repair, cancellationToken), cancellationToken);

        PathInfo Unpack(string staging)
        {
            using var hash = SHA256.Create();
            long size;
            using (var hashed = new CryptoStream(nar, hash, CryptoStreamMode.Read, leaveOpen: true))
            using (var buffered = new BufferedStream(hashed, 64 * 1024))
            using (var writer = new TreeWriter(staging, TreeWriterOptions.Canonical))
            {
                size = NarReader.Read(buffered, writer, cancellationToken);
                if (buffered.ReadByte() >= 0)
                {
                    throw Differs(info, "it goes on after its end");
                }
            }

            var found = new NixHash(NixHashAlgorithm.Sha256, hash.Hash!);
            return size != info.NarSize ? throw Differs(info, $"it has {size} bytes instead of {info.NarSize}")
                : found != info.NarHash ? throw Differs(info, $"its hash is {found} instead of {info.NarHash}")
                : info with { RegistrationTime = DateTimeOffset.UtcNow };
        }
    }

    private static NixStoreException Differs(PathInfo info, string how) => new(
        NixErrorCodes.NarMismatch,
        $"The NAR of {info.Path} is not the one that was announced: {how}. Nothing was added. Get it again, or from another store.");
}
