using System.Buffers;

namespace NixSharp.Disks.Blocks;

/// <summary>The bytes of a disk, or of a part of one, in any order.</summary>
internal abstract class BlockSource : IDisposable
{
    private const int BufferSize = 1 << 20;

    public abstract long Length { get; }

    /// <summary>Fills the buffer; false where not all of it is inside of the source.</summary>
    public bool TryRead(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            return false;
        }

        ReadInside(offset, buffer);
        return true;
    }

    /// <summary>Copies a range that is inside of the source.</summary>
    public void CopyTo(long offset, long count, Stream destination, CancellationToken cancellationToken = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, Math.Max(count, 1)));
        try
        {
            while (count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, count));
                ReadInside(offset, piece);
                destination.Write(piece);
                offset += piece.Length;
                count -= piece.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Fills the buffer from a range that is inside of the source.</summary>
    protected internal abstract void ReadInside(long offset, Span<byte> buffer);
}
