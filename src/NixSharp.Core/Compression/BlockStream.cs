using System.Security.Cryptography;
using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>Cuts what is written into blocks of equal size, digests it, and hands each block on.</summary>
internal sealed class BlockStream : WriteOnlyStream
{
    private readonly Action<PooledBlock> _emit;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _blockSize;
    private PooledBlock? _block;

    public BlockStream(int blockSize, Action<PooledBlock> emit)
    {
        _blockSize = blockSize;
        _emit = emit;
    }

    public long BytesWritten { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var free = Free();
            var count = Math.Min(buffer.Length, free.Length);
            buffer[..count].CopyTo(free);
            Advance(count);
            buffer = buffer[count..];
        }
    }

    /// <summary>Reads up to <paramref name="count"/> bytes straight into a block; returns how many came.</summary>
    public int ReadFrom(Stream source, long count)
    {
        var free = Free();
        var read = source.Read(free[..(int)Math.Min(count, free.Length)]);
        Advance(read);
        return read;
    }

    /// <summary>Hands on the last block, and returns the digest of everything.</summary>
    public byte[] Finish()
    {
        if (_block is not null)
        {
            Emit();
        }

        return _hash.GetHashAndReset();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block?.Dispose();
            _block = null;
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private Span<byte> Free() => (_block ??= new PooledBlock(_blockSize)).Free;

    private void Advance(int count)
    {
        _block!.Length += count;
        BytesWritten += count;
        if (_block.Length == _blockSize)
        {
            Emit();
        }
    }

    private void Emit()
    {
        var block = _block!;
        _block = null;
        _hash.AppendData(block.Span);
        _emit(block);
    }
}
