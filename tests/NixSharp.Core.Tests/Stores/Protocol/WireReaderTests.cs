using NixSharp.Stores.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Protocol;

public sealed class WireReaderTests
{
    [RequiresFact(Requirements.Golden)]
    public async Task Words_are_read_and_written_as_in_the_vectors()
    {
        var vectors = GoldenData.ReadJson("vectors/wire.json");
        foreach (var item in vectors["u64"]!)
        {
            var bytes = Convert.FromHexString((string)item["hex"]!);
            Assert.Equal([(ulong)item["value"]!], await Wire.ReadAllAsync(bytes, static reader => reader.ReadNumberAsync(default)));
            Assert.Equal(bytes, await Wire.WriteAsync(writer => writer.WriteNumber((ulong)item["value"]!)));
        }

        foreach (var item in vectors["bool"]!)
        {
            var bytes = Convert.FromHexString((string)item["hex"]!);
            if (item["strict"] is not null)
            {
                await RefusedAsync<NixFormatException>(bytes, static reader => reader.ReadBooleanAsync(default));
                continue;
            }

            Assert.Equal([(bool)item["value"]!], await Wire.ReadAllAsync(bytes, static reader => reader.ReadBooleanAsync(default)));
            Assert.Equal(bytes, await Wire.WriteAsync(writer => writer.WriteBoolean((bool)item["value"]!)));
        }

        foreach (var item in vectors["bytes"]!)
        {
            var bytes = Convert.FromHexString((string)item["hex"]!);
            var value = Convert.FromHexString((string)item["value"]!);
            Assert.Equal([value], await Wire.ReadAllAsync(bytes, static reader => reader.ReadBytesAsync(default)));
            Assert.Equal(bytes, await Wire.WriteAsync(writer => writer.WriteBytes(value)));
        }

        foreach (var item in vectors["string"]!)
        {
            var bytes = Convert.FromHexString((string)item["hex"]!);
            Assert.Equal([(string)item["value"]!], await Wire.ReadAllAsync(bytes, static reader => reader.ReadTextAsync(default)));
            Assert.Equal(bytes, await Wire.WriteAsync(writer => writer.WriteString((string)item["value"]!)));
        }

        foreach (var item in vectors["reject"]!)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => Wire.ReadAllAsync(Convert.FromHexString((string)item["hex"]!), static reader => reader.ReadTextAsync(default)));
            Assert.True(error is NixFormatException or EndOfStreamException, error.ToString());
        }
    }

    [Fact]
    public async Task A_string_longer_than_its_limit_is_refused_before_it_is_read()
    {
        var bytes = await Wire.WriteAsync(static writer => writer.WriteString("123456789"));
        var error = await RefusedAsync<NixFormatException>(bytes[..8], static reader => reader.ReadStringAsync(default, limit: 8));
        Assert.Equal(NixErrorCodes.DaemonProtocol, error.Code);
        Assert.Contains("at most 8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65_527)]
    [InlineData(65_528)]
    [InlineData(65_529)]
    [InlineData(200_001)]
    public async Task Strings_longer_than_the_buffer_are_read_whole(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(static number => (char)('a' + (number % 26))));
        var bytes = await Wire.WriteAsync(writer =>
        {
            writer.WriteString("before");
            writer.WriteString(text);
            writer.WriteString("after");
        });
        Assert.Equal(["before", text, "after"], await Wire.ReadAllAsync(bytes, static reader => reader.ReadTextAsync(default)));
    }

    [Fact]
    public async Task Bytes_that_are_not_text_survive()
    {
        byte[] text = [0x66, 0xff, 0xc3, 0x28, 0x00];
        var bytes = await Wire.WriteAsync(writer => writer.WriteBytes(text));
        var read = await Wire.ReadAllAsync(bytes, static reader => reader.ReadTextAsync(default));
        Assert.Equal(bytes, await Wire.WriteAsync(writer => writer.WriteString(read.Single())));
    }

    [Fact]
    public async Task Frames_of_any_size_make_one_stream_and_end_where_they_end()
    {
        using var sent = new MemoryStream();
        using var writer = new WireWriter(sent);
        var contents = new byte[300_000];
        new Random(5).NextBytes(contents);
        await using (var frames = new FrameWriter(writer))
        {
            await frames.WriteAsync(contents.AsMemory(0, 100));
            await frames.FlushAsync();
            frames.Write(contents.AsSpan(100));
            await frames.CompleteAsync(default);
        }

        writer.WriteString("after");
        await writer.FlushAsync(default);

        foreach (var asynchronous in (bool[])[true, false])
        {
            using var reader = Wire.ReaderOf(sent.ToArray());
            await using var frames = new FrameReader(reader);
            using var received = new MemoryStream();
            if (asynchronous)
            {
                await frames.CopyToAsync(received);
            }
            else
            {
                var block = new byte[1000];
                for (var count = frames.Read(block); count > 0; count = frames.Read(block))
                {
                    received.Write(block, 0, count);
                }
            }

            Assert.Equal(contents, received.ToArray());
            Assert.Equal("after", await reader.ReadTextAsync(default));
        }
    }

    [Fact]
    public async Task The_rest_of_frames_can_be_skipped()
    {
        var bytes = await Wire.WriteAsync(static writer =>
        {
            writer.WriteNumber(3);
            writer.WriteNumber(0x00_00_00_00_00_63_62_61);
        });
        bytes = [.. bytes[..11], .. new byte[8], 42];
        using var reader = Wire.ReaderOf(bytes);
        await using var frames = new FrameReader(reader);
        Assert.Equal((byte)'a', frames.ReadByte());
        await frames.SkipRestAsync(default);
        Assert.True(frames.IsAtEnd);
        Assert.Equal(0, frames.Read(new byte[1]));
        Assert.Equal(bytes.Length - 1, reader.Position);
    }

    [Fact]
    public async Task Frames_that_are_cut_off_do_not_look_complete()
    {
        var bytes = await Wire.WriteAsync(static writer =>
        {
            writer.WriteNumber(16);
            writer.WriteNumber(1);
        });
        using var reader = Wire.ReaderOf(bytes);
        await using var frames = new FrameReader(reader);
        await Assert.ThrowsAsync<EndOfStreamException>(() => frames.CopyToAsync(Stream.Null));
    }

    private static async Task<TException> RefusedAsync<TException>(byte[] bytes, Func<WireReader, ValueTask> read)
        where TException : Exception
    {
        using var reader = Wire.ReaderOf(bytes);
        return await Assert.ThrowsAsync<TException>(async () => await read(reader));
    }

    private static Task<TException> RefusedAsync<TException>(byte[] bytes, Func<WireReader, ValueTask<string>> read)
        where TException : Exception =>
        RefusedAsync<TException>(bytes, async reader => { await read(reader); });

    private static Task<TException> RefusedAsync<TException>(byte[] bytes, Func<WireReader, ValueTask<bool>> read)
        where TException : Exception =>
        RefusedAsync<TException>(bytes, async reader => { await read(reader); });
}
