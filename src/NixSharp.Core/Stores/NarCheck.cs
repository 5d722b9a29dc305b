using System.Security.Cryptography;
using NixSharp.Files;
using NixSharp.Hashing;

namespace NixSharp.Stores;

/// <summary>Passes a NAR on and makes sure that it is the one that a store announced.</summary>
internal sealed class NarCheck(PathInfo info, Stream destination) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _size;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Count(buffer);
        destination.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count(buffer.Span);
        return destination.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Says that the NAR is over.</summary>
    /// <exception cref="NixStoreException">It was another one.</exception>
    public void Complete()
    {
        if (_size != info.NarSize)
        {
            throw Differs($"it has {_size} bytes instead of {info.NarSize}");
        }

        var found = new NixHash(NixHashAlgorithm.Sha256, _hash.GetHashAndReset());
        if (found != info.NarHash)
        {
            throw Differs($"its hash is {found} instead of {info.NarHash}");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> block)
    {
        _size += block.Length;
        if (_size > info.NarSize)
        {
            throw Differs($"it is longer than {info.NarSize} bytes");
        }

        _hash.AppendData(block);
    }

    private NixStoreException Differs(string how) => new(
        NixErrorCodes.NarMismatch,
        $"The NAR of {info.Path} is not the one that its store announced: {how}. Verify that store with 'nix-store --verify --check-contents'.");
}
