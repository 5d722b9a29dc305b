using NixSharp.Compression;
using Xunit;

namespace NixSharp.Core.Tests.Compression;

public sealed class GzipCodecTests
{
    [Fact]
    public void The_header_has_no_time_no_system_and_no_level()
    {
        using var input = Fill(1000, static index => (byte)index);
        using var member = GzipCodec.OfLevel(9).Compress(input);
        Assert.Equal([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], member.Span[..10].ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void A_block_that_does_not_shrink_is_stored(int level)
    {
        var random = new Random(1);
        using var input = Fill(BlockPipeline.BlockSize, _ => (byte)random.Next(256));
        using var member = GzipCodec.OfLevel(level).Compress(input);
        Assert.InRange(member.Length, BlockPipeline.BlockSize, BlockPipeline.BlockSize + 512);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void A_block_that_only_looks_compressible_still_fits(int level)
    {
        // The samples see zeros, all else is noise.
        var random = new Random(2);
        var stride = BlockPipeline.BlockSize / 8;
        using var input = Fill(BlockPipeline.BlockSize, index => Math.Abs((index % stride) - (stride / 2)) < 2048 ? (byte)0 : (byte)random.Next(256));
        using var member = GzipCodec.OfLevel(level).Compress(input);
        Assert.InRange(member.Length, 1, GzipCodec.MaxMemberSize);
    }

    [Fact]
    public void The_fingerprint_tells_levels_apart_and_stays()
    {
        Assert.Equal(GzipCodec.OfLevel(3).Fingerprint, GzipCodec.OfLevel(3).Fingerprint);
        Assert.Equal(4, new[] { 1, 3, 6, 9 }.Select(level => GzipCodec.OfLevel(level).Fingerprint).Distinct().Count());
    }

    private static PooledBlock Fill(int size, Func<int, byte> value)
    {
        var block = new PooledBlock(size) { Length = size };
        for (var index = 0; index < size; index++)
        {
            block.Buffer[index] = value(index);
        }

        return block;
    }
}
