using System.IO.Compression;
using System.Security.Cryptography;
using NixSharp.Compression;
using Xunit;

namespace NixSharp.Core.Tests.Compression;

public sealed class BlockPipelineTests
{
    public static TheoryData<int, int> Sizes => new()
    {
        { 1, 1 }, { 1, 3 }, { 3, 1000 }, { 3, BlockPipeline.BlockSize }, { 3, BlockPipeline.BlockSize + 1 }, { 1, (12 * BlockPipeline.BlockSize) + 7 }, { 9, (3 * BlockPipeline.BlockSize) - 1 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task What_goes_in_comes_out_of_a_gzip_reader_in_order(int level, int size)
    {
        var data = MakeData(size);
        using var output = new MemoryStream();
        var progress = new List<long>();
        var result = await RunAsync(data, GzipCodec.OfLevel(level), output, progress.Add);

        Assert.Equal(data, Gunzip(output.ToArray()));
        Assert.Equal(SHA256.HashData(data), result.InputDigest);
        Assert.Equal(SHA256.HashData(output.ToArray()), result.OutputDigest);
        Assert.Equal((size, output.Length), (result.InputSize, result.OutputSize));
        Assert.Equal(size, progress[^1]);
        Assert.Equal(progress.Order(), progress);
    }

    [Fact]
    public async Task Without_a_codec_bytes_stay_as_they_are()
    {
        var data = MakeData((2 * BlockPipeline.BlockSize) + 5);
        using var output = new MemoryStream();
        var result = await RunAsync(data, null, output);

        Assert.Equal(data, output.ToArray());
        Assert.Equal(result.InputDigest, result.OutputDigest);
    }

    [Fact]
    public async Task The_same_input_in_other_pieces_gives_the_same_bytes()
    {
        var data = MakeData((3 * BlockPipeline.BlockSize) + 11);
        using var whole = new MemoryStream();
        using var pieces = new MemoryStream();
        await RunAsync(data, GzipCodec.OfLevel(3), whole);
        await BlockPipeline.RunAsync(
            (stream, _) =>
            {
                foreach (var piece in data.Chunk(7777))
                {
                    stream.Write(piece);
                }
            },
            GzipCodec.OfLevel(3),
            pieces,
            null,
            CancellationToken.None);

        Assert.Equal(whole.ToArray(), pieces.ToArray());
    }

    [Fact]
    public async Task An_error_of_the_producer_comes_through()
    {
        using var output = new MemoryStream();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => BlockPipeline.RunAsync(
            (stream, _) =>
            {
                stream.Write(new byte[5 * BlockPipeline.BlockSize]);
                throw new InvalidOperationException("the disk is gone");
            },
            GzipCodec.OfLevel(3),
            output,
            null,
            CancellationToken.None));
        Assert.Equal("the disk is gone", error.Message);
    }

    [Fact]
    public async Task An_error_of_the_destination_stops_an_endless_producer()
    {
        using var output = new MemoryStream(new byte[100], writable: true);
        await Assert.ThrowsAsync<NotSupportedException>(() => RunEndlesslyAsync(output, CancellationToken.None));
    }

    [Fact]
    public async Task Cancellation_stops_an_endless_producer()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BlockPipeline.RunAsync(
            Produce, GzipCodec.OfLevel(3), Stream.Null, done => stop.CancelAfter(0), stop.Token));
    }

    private static Task<BlockResult> RunEndlesslyAsync(Stream output, CancellationToken cancellationToken) =>
        BlockPipeline.RunAsync(Produce, GzipCodec.OfLevel(3), output, null, cancellationToken);

    private static void Produce(BlockStream stream, CancellationToken cancellationToken)
    {
        var zeros = new byte[BlockPipeline.BlockSize];
        while (true)
        {
            stream.Write(zeros);
        }
    }

    private static Task<BlockResult> RunAsync(byte[] data, GzipCodec? codec, Stream output, Action<long>? progress = null) =>
        BlockPipeline.RunAsync((stream, _) => stream.Write(data), codec, output, progress, CancellationToken.None);

    private static byte[] Gunzip(byte[] data)
    {
        using var gzip = new GZipStream(new MemoryStream(data), CompressionMode.Decompress);
        using var output = new MemoryStream();
        gzip.CopyTo(output);
        return output.ToArray();
    }

    /// <summary>Blocks that shrink, and every third one that does not.</summary>
    private static byte[] MakeData(int size)
    {
        var data = new byte[size];
        var random = new Random(size);
        for (var start = 0; start < size; start += BlockPipeline.BlockSize)
        {
            var block = data.AsSpan(start, Math.Min(BlockPipeline.BlockSize, size - start));
            random.NextBytes(block);
            if (start / BlockPipeline.BlockSize % 3 != 1)
            {
                foreach (ref var value in block)
                {
                    value = (byte)('a' + (value % 7));
                }
            }
        }

        return data;
    }
}
