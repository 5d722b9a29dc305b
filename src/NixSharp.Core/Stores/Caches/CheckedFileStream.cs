using System.Buffers;
using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.NarInfos;

namespace NixSharp.Stores.Caches;

/// <summary>A compressed NAR, checked against size and hash of its narinfo, as far as that states them, while it is read.</summary>
internal sealed class CheckedFileStream(Stream inner, NarInfo info, bool isHashed) : ReadOnlyStream
{
    // More than any compression adds to what it cannot compress.
    private const int Overhead = 64 * 1024;

    private readonly IncrementalHash? _hash = isHashed ? IncrementalHash.CreateHash(info.FileHash!.Value.Algorithm.ToHashAlgorithmName()) : null;
    private readonly long _limit = info.FileSize ?? info.PathInfo.NarSize + (info.PathInfo.NarSize / 8) + Overhead;
    private long _size;

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        Take(buffer[..count]);
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Take(buffer.Span[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads what the decompressor left, and compares.</summary>
    /// <exception cref="NixStoreException">The file is not the one that the narinfo announces.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
            {
                // An end is in sight: either the size is known, or the decompressor has seen it.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (info.FileSize is { } size && size != _size)
        {
            throw Differs($"{_size} bytes instead of {size}");
        }

        if (_hash is not null && new NixHash(info.FileHash!.Value.Algorithm, _hash.GetHashAndReset()) is var found && found != info.FileHash)
        {
            throw Differs($"the hash {found} instead of {info.FileHash}");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _size += bytes.Length;
        _hash?.AppendData(bytes);
        if (_size > _limit)
        {
            throw Differs($"more than {_limit} bytes");
        }
    }

    private NixStoreException Differs(string how) => BinaryCacheStore.Mismatch(info.PathInfo.Path, $"its file {CacheText.Show(info.Url)} has {how}");
}
