using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using ICSharpCode.SharpZipLib.Checksum;
using NixSharp.Compression;
using NixSharp.NarInfos;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Compression;

public sealed class NarCompressionTests
{
    public static TheoryData<string> Names => [.. NarCompression.All.Select(static compression => compression.Name)];

    public static TheoryData<string> CompressingNames => [.. NarCompression.All.Skip(1).Select(static compression => compression.Name)];

    [RequiresTheory(Requirements.Golden)]
    [MemberData(nameof(Names))]
    public async Task Whole_caches_of_Nix_are_decompressed(string name)
    {
        var cache = GoldenData.PathOf($"generated-nix-2.8.0/binary-cache-{name}");
        var files = Directory.EnumerateFiles(cache, "*.narinfo").ToList();
        Assert.Equal(4, files.Count);
        foreach (var file in files)
        {
            var info = NarInfo.Parse(await File.ReadAllBytesAsync(file));
            Assert.Equal(name, info.Compression);
            var compressed = await File.ReadAllBytesAsync(Path.Combine(cache, info.Url));
            Assert.Equal(info.FileHash!.Value.Digest, SHA256.HashData(compressed));
            Assert.Equal(info.FileSize, compressed.Length);
            Assert.EndsWith($".nar{NarCompression.Parse(name).FileExtension}", info.Url, StringComparison.Ordinal);
            var nar = await DecompressAsync(NarCompression.Parse(name), compressed, info.PathInfo.NarSize);
            Assert.Equal(info.PathInfo.NarHash.Digest, SHA256.HashData(nar));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_compressed_is_decompressed_to_the_same(string name) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(30),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var data = Data(random, random.Next(3) switch { 0 => random.Next(10), 1 => random.Next(100_000), _ => random.Next(400_000) });
            var compression = NarCompression.Parse(name);
            var options = new CompressionOptions
            {
                Level = random.Next(2) == 0 ? null : random.Next(compression.MinLevel, Math.Min(compression.MaxLevel, 6) + 1),
                Threads = random.Next(3),
            };
            var compressed = Compress(compression, data, options, random);
            Assert.Equal(data, Decompress(compression, compressed, random.Next(2) == 0 ? null : data.Length, random));
        }));

    [Theory]
    [MemberData(nameof(CompressingNames))]
    public async Task Much_data_shrinks_and_comes_back_asynchronously(string name)
    {
        var data = Data(new Random(1), 3_000_000);
        var compression = NarCompression.Parse(name);
        var output = new MemoryStream();
        var stream = compression.OpenWrite(output, new CompressionOptions { Level = compression.MinLevel, Threads = 0 }, leaveOpen: true);
        await using (stream)
        {
            for (var at = 0; at < data.Length; at += 1_000_000)
            {
                await stream.WriteAsync(data.AsMemory(at, 1_000_000));
            }
        }

        Assert.InRange(output.Length, 1000, data.Length * 2 / 3);
        Assert.Equal(data, await DecompressAsync(compression, output.ToArray(), data.Length));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    [InlineData("zstd")]
    public async Task Members_after_another_are_one_file(string name)
    {
        var compression = NarCompression.Parse(name);
        byte[] both = [.. Compress(compression, "one "u8.ToArray()), .. Compress(compression, []), .. Compress(compression, "two"u8.ToArray())];
        Assert.Equal("one two"u8.ToArray(), await DecompressAsync(compression, both, 7));
    }

    [Theory]
    [MemberData(nameof(CompressingNames))]
    public async Task What_ends_too_early_is_refused_wherever_that_is(string name)
    {
        var compression = NarCompression.Parse(name);
        var data = Data(new Random(2), 20_000);
        var compressed = Compress(compression, data);
        for (var length = 0; length < compressed.Length; length += length < 50 || length > compressed.Length - 50 ? 1 : 997)
        {
            var error = await Assert.ThrowsAsync<NixFormatException>(() => DecompressAsync(compression, compressed[..length], size: null));
            Assert.Equal(NixErrorCodes.CorruptCompression, error.Code);
            Assert.InRange(error.Offset!.Value, 0, length);
        }
    }

    [Theory]
    [MemberData(nameof(CompressingNames))]
    public async Task What_follows_the_end_is_refused(string name)
    {
        var compression = NarCompression.Parse(name);
        byte[] compressed = [.. Compress(compression, "text"u8.ToArray()), .. "something else"u8];
        await Assert.ThrowsAsync<NixFormatException>(() => DecompressAsync(compression, compressed, size: null));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    [InlineData("zstd")]
    public void A_bit_that_flips_changes_nothing_unnoticed(string name)
    {
        var compression = NarCompression.Parse(name);
        var data = Data(new Random(3), 2000);
        var compressed = Compress(compression, data);
        for (var at = 0; at < compressed.Length; at++)
        {
            compressed[at] ^= 0x10;
            try
            {
                // Some bits of headers mean nothing, such as the time in gzip's.
                Assert.Equal(data, Decompress(compression, compressed, data.Length));
            }
            catch (NixFormatException)
            {
                // Noticed.
            }

            compressed[at] ^= 0x10;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bomb_stops_after_the_size_that_was_announced(string name)
    {
        var compression = NarCompression.Parse(name);
        var bomb = Compress(compression, new byte[30_000_000], new CompressionOptions { Level = compression.MinLevel });
        using var stream = compression.OpenRead(new MemoryStream(bomb), size: 1000);
        var buffer = new byte[5000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<NixFormatException>(() =>
        {
            var total = 0;
            while (stream.Read(buffer) is var count and > 0)
            {
                total += count;
                Assert.InRange(total, 1, 1000);
            }
        });
        Assert.Equal(NixErrorCodes.DecompressedSizeMismatch, error.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_smaller_than_announced_is_refused(string name)
    {
        var compression = NarCompression.Parse(name);
        var error = await Assert.ThrowsAsync<NixFormatException>(() => DecompressAsync(compression, Compress(compression, new byte[100]), 101));
        Assert.Equal(NixErrorCodes.DecompressedSizeMismatch, error.Code);
    }

    [Fact]
    public void Xz_that_asks_for_too_much_memory_is_refused()
    {
        // The byte says how large the dictionary is: here four gigabytes.
        var compressed = Compress(NarCompression.Xz, "text"u8.ToArray());
        compressed[16] = 40;
        var crc = new Crc32();
        crc.Update(new ArraySegment<byte>(compressed, 12, 8));
        BitConverter.TryWriteBytes(compressed.AsSpan(20), (uint)crc.Value);
        var error = Assert.Throws<NixFormatException>(() => Decompress(NarCompression.Xz, compressed, 4));
        Assert.Contains("256 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zstd_with_too_large_a_window_is_refused()
    {
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA0, 0x01, 0x00, 0x00];
        var error = Assert.Throws<NixFormatException>(() => Decompress(NarCompression.Zstd, frame, 0));
        Assert.Contains("memory", error.Message, StringComparison.Ordinal);
        frame[5] = 0x50;
        Assert.Empty(Decompress(NarCompression.Zstd, frame, 0));
    }

    [Fact]
    public void Everything_that_a_header_of_gzip_may_have_is_passed_over()
    {
        var plain = Compress(NarCompression.Gzip, "text"u8.ToArray());
        byte[] full = [.. plain[..3], 0x1F, .. plain[4..10], 3, 0, 1, 2, 3, .. "name\0"u8, .. "comment\0"u8, 7, 8, .. plain[10..]];
        Assert.Equal("text"u8.ToArray(), Decompress(NarCompression.Gzip, full, 4));
        byte[] emptyExtra = [.. plain[..3], 0x06, .. plain[4..10], 0, 0, 7, 8, .. plain[10..], .. full];
        Assert.Equal("texttext"u8.ToArray(), Decompress(NarCompression.Gzip, emptyExtra, 8));
        plain[3] = 0x80;
        Assert.Throws<NixFormatException>(() => Decompress(NarCompression.Gzip, plain, 4));
    }

    [Theory]
    [MemberData(nameof(CompressingNames))]
    public void Nearly_right_streams_are_read_or_refused(string name)
    {
        var compression = NarCompression.Parse(name);
        byte[][] seeds = [Compress(compression, Data(new Random(4), 3000)), Compress(compression, new byte[100_000]), Compress(compression, [])];
        Fuzz.Run<NixFormatException>(seeds, bytes => Decompress(compression, bytes, 100_000), count: 1000, flat: 24 * 1024 * 1024);
    }

    [Fact]
    public void A_failure_of_the_source_is_not_taken_for_damage()
    {
        foreach (var compression in NarCompression.All)
        {
            using var stream = compression.OpenRead(new FailingStream());
            Assert.Throws<IOException>(() => stream.ReadByte());
        }
    }

    [Fact]
    public void A_failure_of_the_destination_is_thrown_once_and_nothing_is_written_after()
    {
        foreach (var compression in NarCompression.All.Skip(1))
        {
            var stream = compression.OpenWrite(new FailingStream());
            Assert.Throws<IOException>(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    stream.Write(RandomNumberGenerator.GetBytes(1_000_000));
                }
            });
            stream.Dispose();
        }
    }

    [Fact]
    public void Streams_close_what_they_are_told_to_close()
    {
        foreach (var compression in NarCompression.All)
        {
            foreach (var leaveOpen in (bool[])[true, false])
            {
                var output = new MemoryStream();
                compression.OpenWrite(output, leaveOpen: leaveOpen).Dispose();
                Assert.Equal(leaveOpen, output.CanWrite);
                var input = new MemoryStream(Compress(compression, "x"u8.ToArray()));
                compression.OpenRead(input, 1, leaveOpen).Dispose();
                Assert.Equal(leaveOpen, input.CanRead);
            }
        }
    }

    [Fact]
    public void Names_and_levels_are_checked()
    {
        Assert.Equal(NixErrorCodes.UnknownCompression, Assert.Throws<NixFormatException>(() => NarCompression.Parse("lzip")).Code);
        foreach (var compression in NarCompression.All.Skip(1))
        {
            Assert.Same(compression, NarCompression.Parse(compression.Name));
            Assert.Throws<NixFormatException>(() => compression.OpenWrite(Stream.Null, new CompressionOptions { Level = compression.MaxLevel + 1 }));
            Assert.Throws<NixFormatException>(() => compression.OpenWrite(Stream.Null, new CompressionOptions { Level = compression.MinLevel - 1 }));
        }
    }

    private static byte[] Data(Random random, int size)
    {
        // Text of a small vocabulary, with noise now and then.
        var data = new byte[size];
        for (var at = 0; at < size;)
        {
            var word = new byte[random.Next(1, 40)];
            new Random(random.Next(50)).NextBytes(word);
            if (random.Next(30) == 0)
            {
                random.NextBytes(word);
            }

            var count = Math.Min(word.Length, size - at);
            word.AsSpan(0, count).CopyTo(data.AsSpan(at));
            at += count;
        }

        return data;
    }

    private static byte[] Compress(NarCompression compression, byte[] data, CompressionOptions? options = null, Random? chunks = null)
    {
        var output = new MemoryStream();
        using (var stream = compression.OpenWrite(output, options))
        {
            for (var at = 0; at < data.Length;)
            {
                var count = Math.Min(data.Length - at, chunks?.Next(1, 100_000) ?? data.Length);
                stream.Write(data, at, count);
                at += count;
            }
        }

        return output.ToArray();
    }

    private static byte[] Decompress(NarCompression compression, byte[] compressed, long? size, Random? chunks = null)
    {
        var output = new MemoryStream();
        using var stream = compression.OpenRead(new MemoryStream(compressed), size);
        var buffer = new byte[chunks?.Next(1, 100_000) ?? 80_000];
        while (stream.Read(buffer) is var count and > 0)
        {
            output.Write(buffer, 0, count);
        }

        return output.ToArray();
    }

    private static async Task<byte[]> DecompressAsync(NarCompression compression, byte[] compressed, long? size)
    {
        var output = new MemoryStream();
        var stream = compression.OpenRead(new MemoryStream(compressed), size);
        await using (stream)
        {
            await stream.CopyToAsync(output);
        }

        return output.ToArray();
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("broken");

        public override int Read(Span<byte> buffer) => throw new IOException("broken");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("broken");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("broken");
    }
}
