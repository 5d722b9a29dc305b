using System.Buffers;
using NixSharp.Compression;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Caches;

public partial class BinaryCacheStore
{
    private const int CopyBufferSize = 128 * 1024;

    /// <inheritdoc/>
    public async Task ReadNarAsync(StorePath path, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var info = await GetNarInfoAsync(path, cancellationToken).ConfigureAwait(false);
        if (!NarCompression.TryParse(info.Compression, out var compression))
        {
            throw Damaged(info.Url, $"its compression '{CacheText.Show(info.Compression)}' is not one of {string.Join(", ", NarCompression.All)}");
        }

        var file = await _files.OpenAsync(info.Url, cancellationToken).ConfigureAwait(false);
        if (file is null)
        {
            Forget(info);
            throw Damaged(info.Url, $"it is missing, although the narinfo of {path} is there");
        }

        await using (file.ConfigureAwait(false))
        {
            await CopyNarAsync(info, file, compression, destination, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CopyNarAsync(NarInfo info, Stream file, NarCompression compression, Stream destination, CancellationToken cancellationToken)
    {
        var (path, size) = (info.PathInfo.Path, info.PathInfo.NarSize);
        using var checkedFile = new CheckedFileStream(file, info, isHashed: info.FileHash is { } hash && !(compression == NarCompression.None && hash == info.PathInfo.NarHash));
        using var digest = new NarDigestStream(size);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBufferSize);
        try
        {
            var nar = compression.OpenRead(checkedFile, leaveOpen: true);
            await using (nar.ConfigureAwait(false))
            {
                while (await nar.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                {
                    digest.Write(buffer.AsSpan(0, count));
                    if (digest.IsTooLarge)
                    {
                        throw Mismatch(path, $"it has more than {size} bytes");
                    }

                    await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
            }

            if (digest.Size != size)
            {
                throw Mismatch(path, $"it has {digest.Size} bytes instead of {size}");
            }

            var found = digest.Complete();
            if (found != info.PathInfo.NarHash)
            {
                throw Mismatch(path, $"its hash is {found} instead of {info.PathInfo.NarHash}");
            }

            await checkedFile.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NixFormatException error)
        {
            throw Mismatch(path, error.Message.TrimEnd('.'), error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static NixStoreException Mismatch(StorePath path, string how, Exception? inner = null) => new(
        NixErrorCodes.NarMismatch,
        $"The NAR of {path} is not the one that was announced: {how}. Do not use what came; get it again, or from another store.",
        inner);

    /// <summary>What was remembered of a path is wrong: it is asked for again next time.</summary>
    private void Forget(NarInfo info)
    {
        _infos.TryRemove(info.PathInfo.Path, out _);
        _lookups?.Forget(info.PathInfo.Path.HashPart.ToString());
    }
}
