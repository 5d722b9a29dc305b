using Microsoft.Win32.SafeHandles;

namespace NixSharp.Disks.Writing;

/// <summary>Takes the bytes of an image in order, and leaves out blocks of zeros.</summary>
internal sealed class SparseTarget(SafeFileHandle target, Action<long, long>? clear = null)
{
    // What file systems can leave out at the least, and what dd's conv=sparse looks at is larger.
    private const int BlockSize = 4096;

    private readonly List<(long Offset, long Length)> _runs = [];

    /// <summary>How far the image goes so far.</summary>
    public long Position { get; private set; }

    /// <summary>How many bytes were written.</summary>
    public long Written { get; private set; }

    /// <summary>Where the bytes are that were written, in order.</summary>
    public IReadOnlyList<(long Offset, long Length)> Runs => _runs;

    /// <summary>Writes what is not zero. Every piece but the last has to be a multiple of 4096 bytes.</summary>
    public void Write(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            var zeros = CountBlocks(piece, isZero: true);
            Skip(zeros);
            piece = piece[zeros..];
            var data = CountBlocks(piece, isZero: false);
            if (data > 0)
            {
                RandomAccess.Write(target, piece[..data], Position);
                Note(data);
                piece = piece[data..];
            }
        }
    }

    private static int CountBlocks(ReadOnlySpan<byte> piece, bool isZero)
    {
        if (isZero)
        {
            var first = piece.IndexOfAnyExcept((byte)0);
            return first < 0 ? piece.Length : first / BlockSize * BlockSize;
        }

        var count = 0;
        while (count < piece.Length && piece.Slice(count, Math.Min(BlockSize, piece.Length - count)).ContainsAnyExcept((byte)0))
        {
            count = Math.Min(count + BlockSize, piece.Length);
        }

        return count;
    }

    private void Skip(int count)
    {
        if (count > 0)
        {
            clear?.Invoke(Position, count);
            Position += count;
        }
    }

    private void Note(int count)
    {
        if (_runs.Count > 0 && _runs[^1] is var last && last.Offset + last.Length == Position)
        {
            _runs[^1] = (last.Offset, last.Length + count);
        }
        else
        {
            _runs.Add((Position, count));
        }

        Position += count;
        Written += count;
    }
}
