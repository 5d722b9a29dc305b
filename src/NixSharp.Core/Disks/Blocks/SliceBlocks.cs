namespace NixSharp.Disks.Blocks;

/// <summary>A part of a disk. Disposing it leaves the disk open.</summary>
internal sealed class SliceBlocks : BlockSource
{
    private readonly BlockSource _source;
    private readonly long _offset;

    public SliceBlocks(BlockSource source, long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, source.Length - length);
        _source = source;
        _offset = offset;
        Length = length;
    }

    public override long Length { get; }

    protected internal override void ReadInside(long offset, Span<byte> buffer) => _source.ReadInside(_offset + offset, buffer);
}
