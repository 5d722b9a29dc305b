using System.IO.Compression;
using System.Security.Cryptography;
using NixSharp.Compression;
using NixSharp.Compression.Deflate;
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
        Assert.InRange(Pack(input, level), BlockPipeline.BlockSize, BlockPipeline.BlockSize + 512);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void A_block_that_only_looks_compressible_still_fits(int level)
    {
        // The samples see zeros, all else is noise.
        var random = new Random(2);
        var stride = BlockPipeline.BlockSize / 16;
        using var input = Fill(BlockPipeline.BlockSize, index => Math.Abs((index % stride) - (stride / 2)) < 1024 ? (byte)0 : (byte)random.Next(256));
        Assert.InRange(Pack(input, level), 1, BlockPipeline.BlockSize + 512);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Every_kind_of_data_comes_back(int level)
    {
        foreach (var input in Inputs())
        {
            using (input)
            {
                Pack(input, level);
            }
        }
    }

    [Fact]
    public void Every_size_comes_back()
    {
        for (var size = 0; size < 600; size++)
        {
            using var text = Text(size, size);
            using var same = Fill(size, static _ => 7);
            using var noise = Fill(size, index => (byte)(index * 2654435761u >> 13));
            foreach (var level in new[] { 1, 4, 9 })
            {
                Pack(text, level);
                Pack(same, level);
                Pack(noise, level);
            }
        }
    }

    [Fact]
    public void Text_shrinks_about_as_much_as_with_the_encoders_of_others()
    {
        using var input = Text(BlockPipeline.BlockSize, 5);
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = 6 }, leaveOpen: true))
        {
            gzip.Write(input.Span);
        }

        Assert.InRange(Pack(input, 6), 1, output.Length * 105 / 100);
        Assert.InRange(Pack(input, 3), 1, output.Length * 125 / 100);
        Assert.True(Pack(input, 9) <= Pack(input, 1));
    }

    [Theory]
    [InlineData(1, "679e14c0ab9ed954")]
    [InlineData(3, "0e4716c2ac5b6c24")]
    [InlineData(6, "5d4e5b3bcce70aab")]
    [InlineData(9, "bc20773908321b42")]
    public void The_bytes_are_those_of_every_machine_and_every_earlier_version(int level, string digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var input in Inputs())
        {
            using (input)
            {
                using var member = GzipCodec.OfLevel(level).Compress(input);
                hash.AppendData(member.Span);
            }
        }

        // Whoever has to change these has to change the fingerprint too.
        Assert.Equal(digest, Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
        Assert.Equal("deflate 1", GzipCodec.OfLevel(level).Fingerprint);
    }

    [Fact]
    public void Codes_are_never_longer_than_allowed()
    {
        // The counts of Fibonacci make the deepest tree there is.
        var counts = new int[30];
        (counts[0], counts[1]) = (1, 1);
        for (var symbol = 2; symbol < counts.Length; symbol++)
        {
            counts[symbol] = counts[symbol - 1] + counts[symbol - 2];
        }

        foreach (var limit in new[] { 7, 15 })
        {
            var code = new HuffmanCode(counts.Length);
            code.Build(counts, limit);
            Assert.Equal(limit, code.Lengths.Max());
            Assert.Equal(1L << limit, code.Lengths.Sum(length => 1L << (limit - length)));
        }
    }

    /// <summary>Compresses a block, checks that it comes back by .NET's reader and by ours, and returns the size.</summary>
    private static int Pack(PooledBlock input, int level)
    {
        using var member = GzipCodec.OfLevel(level).Compress(input);
        foreach (var open in new Func<Stream, Stream>[] { source => new GZipStream(source, CompressionMode.Decompress), source => NarCompression.Gzip.OpenRead(source) })
        {
            using var source = new MemoryStream(member.Span.ToArray());
            using var reader = open(source);
            using var output = new MemoryStream();
            reader.CopyTo(output);
            Assert.True(input.Span.SequenceEqual(output.ToArray()), $"{input.Length} bytes do not come back from level {level}");
        }

        return member.Length;
    }

    private static IEnumerable<PooledBlock> Inputs()
    {
        yield return Text(BlockPipeline.BlockSize, 1);
        yield return Text(70_000, 2);
        yield return Fill(BlockPipeline.BlockSize, static _ => 0);
        yield return Fill(300_000, static index => (byte)(index % 251));

        // Repetitions that are just within reach, and just outside.
        yield return Fill(200_000, static index => (byte)((uint)(index % 32_768) * 2654435761u >> 9));
        yield return Fill(200_000, static index => (byte)((uint)(index % 32_767) * 2654435761u >> 9));
        yield return Fill(200_000, static index => (byte)((uint)(index % 32_769) * 2654435761u >> 9));
        yield return Fill(500_000, static index => index / 5000 % 2 == 0 ? (byte)((uint)index * 2654435761u >> 11) : (byte)'x');
        yield return Fill(1, static _ => 1);
        yield return Fill(0, static _ => 0);
    }

    /// <summary>Words of a small vocabulary: matches of many lengths and distances.</summary>
    private static PooledBlock Text(int size, int seed)
    {
        var block = new PooledBlock(Math.Max(size, 1));
        var state = (uint)seed;
        while (block.Length < size)
        {
            state = (state * 1664525) + 1013904223;
            var word = SHA256.HashData([(byte)(state >> 24)]);
            var length = Math.Min(2 + (int)((state >> 16) % 14), size - block.Length);
            word.AsSpan(0, length).CopyTo(block.Free);
            block.Length += length;
        }

        return block;
    }

    private static PooledBlock Fill(int size, Func<int, byte> value)
    {
        var block = new PooledBlock(Math.Max(size, 1)) { Length = size };
        for (var index = 0; index < size; index++)
        {
            block.Buffer[index] = value(index);
        }

        return block;
    }
}
