using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace NixSharp.Disks.Writing;

/// <summary>Remembers digests of what was written, piece by piece, and compares them with what is there.</summary>
internal sealed class DiskCheck
{
    private const int PieceSize = 4 << 20;

    private readonly List<(int Length, byte[]? Digest)> _pieces = [];

    /// <summary>Takes the next piece; all but the last have 4 MiB. Pieces of zeros need no digest.</summary>
    public void Note(ReadOnlySpan<byte> piece) => _pieces.Add((piece.Length, piece.ContainsAnyExcept((byte)0) ? SHA256.HashData(piece) : null));

    /// <summary>Where the first piece is that differs; null where all are the same.</summary>
    public long? FindDifference(SafeFileHandle handle, string item, IProgress<NixProgress>? progress, CancellationToken cancellationToken)
    {
        var buffer = new byte[PieceSize];
        var (offset, total) = (0L, _pieces.Sum(static piece => (long)piece.Length));
        foreach (var (length, digest) in _pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var piece = buffer.AsSpan(0, length);
            if (digest is null && FileHoles.IsHole(handle, offset, length))
            {
                offset += length;
                continue;
            }

            if (!TryRead(handle, piece, offset) || (digest is null ? piece.ContainsAnyExcept((byte)0) : !SHA256.HashData(piece).AsSpan().SequenceEqual(digest)))
            {
                return offset;
            }

            offset += length;
            progress?.Report(new NixProgress("verifying", item, offset, total));
        }

        return null;
    }

    private static bool TryRead(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var count = RandomAccess.Read(handle, buffer, offset);
            if (count == 0)
            {
                return false;
            }

            offset += count;
            buffer = buffer[count..];
        }

        return true;
    }
}
