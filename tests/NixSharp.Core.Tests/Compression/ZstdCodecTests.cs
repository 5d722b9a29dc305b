using NixSharp.Compression;
using Xunit;

namespace NixSharp.Core.Tests.Compression;

public sealed class ZstdCodecTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(19)]
    public void Blocks_are_frames_that_are_one_file_together(int level)
    {
        using var packed = new MemoryStream();
        var data = new byte[(2 * BlockPipeline.BlockSize) + 77];
        new Random(1).NextBytes(data.AsSpan(BlockPipeline.BlockSize));
        for (var start = 0; start < data.Length; start += BlockPipeline.BlockSize)
        {
            var size = Math.Min(BlockPipeline.BlockSize, data.Length - start);
            using var block = new PooledBlock(size) { Length = size };
            data.AsSpan(start, size).CopyTo(block.Buffer);
            using var frame = ZstdCodec.OfLevel(level).Compress(block);
            packed.Write(frame.Span);
        }

        packed.Position = 0;
        using var reader = NarCompression.Zstd.OpenRead(packed);
        using var output = new MemoryStream();
        reader.CopyTo(output);
        Assert.True(data.AsSpan().SequenceEqual(output.ToArray()));
    }

    [Fact]
    public void An_empty_block_is_an_empty_frame()
    {
        using var block = new PooledBlock(1);
        using var frame = ZstdCodec.OfLevel(3).Compress(block);
        using var reader = NarCompression.Zstd.OpenRead(new MemoryStream(frame.Span.ToArray()));
        Assert.Equal(-1, reader.ReadByte());
    }

    [Fact]
    public async Task Blocks_are_the_same_however_many_are_made_at_once()
    {
        using var block = new PooledBlock(100_000) { Length = 100_000 };
        new Random(2).NextBytes(block.Buffer.AsSpan(50_000, 50_000));
        var frames = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
        {
            using var frame = ZstdCodec.OfLevel(5).Compress(block);
            return Convert.ToHexString(frame.Span);
        })));
        Assert.Single(frames.Distinct());
    }
}
