using System.Security.Cryptography;
using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>Cuts what is written into blocks of equal size, digests it, and hands each block on.</summary>
internal class BlockStream : WriteOnlyStream
{
    private readonly Func<PooledBlock, bool, Task<PooledBlock>> _emit;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _blockSize;
    private PooledBlock? _block;

    /// <param name="blockSize">The most bytes of a block.</param>
    /// <param name="emit">Takes a block, and whether it is to stay as it is; gives what becomes of it, which tells its size.</param>
    public BlockStream(int blockSize, Func<PooledBlock, bool, Task<PooledBlock>> emit)
    {
        _blockSize = blockSize;
        _emit = emit;
    }

    public long BytesWritten { get; private set; }

    /// <summary>The number of blocks that were handed on, which is that of the current one.</summary>
    protected int BlockCount { get; private set; }

    /// <summary>Where the next bytes go.</summary>
    protected Span<byte> Free => (_block ??= new PooledBlock(_blockSize)).Free;

    /// <summary>The bytes of the current block, and those behind it.</summary>
    protected ReadOnlySpan<byte> Block => (_block ??= new PooledBlock(_blockSize)).Buffer.AsSpan(0, _blockSize);

    /// <summary>How many bytes are in the current block.</summary>
    protected int Filled => _block?.Length ?? 0;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var free = Free;
            var count = Math.Min(buffer.Length, free.Length);
            buffer[..count].CopyTo(free);
            Advance(count);
            buffer = buffer[count..];
        }
    }

    /// <summary>Reads up to <paramref name="count"/> bytes straight into a block; returns how many came.</summary>
    public virtual int ReadFrom(Stream source, long count)
    {
        var free = Free;
        var read = source.Read(free[..(int)Math.Min(count, free.Length)]);
        Advance(read);
        return read;
    }

    /// <summary>Hands on the last block, and returns the digest of everything.</summary>
    public virtual byte[] Finish()
    {
        Cut();
        return _hash.GetHashAndReset();
    }

    /// <summary>Hands on the current block, if there is anything in it.</summary>
    public void Cut()
    {
        if (_block is { Length: > 0 } block)
        {
            _block = null;
            _hash.AppendData(block.Span);
            Emit(block, isRaw: false);
        }
    }

    /// <summary>Hands on bytes that are neither digested nor compressed.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Cut();
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, _blockSize)];
            var block = new PooledBlock(part.Length) { Length = part.Length };
            part.CopyTo(block.Buffer);
            Emit(block, isRaw: true);
            bytes = bytes[part.Length..];
        }
    }

    protected void Advance(int count)
    {
        _block!.Length += count;
        BytesWritten += count;
        if (_block.Length == _blockSize)
        {
            Cut();
        }
    }

    /// <summary>Told what becomes of a block.</summary>
    protected virtual void OnEmitted(Task<PooledBlock> block)
    {
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

    private void Emit(PooledBlock block, bool isRaw)
    {
        BlockCount++;
        OnEmitted(_emit(block, isRaw));
    }
}
