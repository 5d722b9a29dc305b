namespace NixSharp.Disks.Blocks;

/// <summary>The bytes of a disk that is in memory.</summary>
internal sealed class MemoryBlocks(ReadOnlyMemory<byte> bytes) : BlockSource
{
    public override long Length => bytes.Length;

    protected internal override void ReadInside(long offset, Span<byte> buffer) => bytes.Span.Slice((int)offset, buffer.Length).CopyTo(buffer);
}
