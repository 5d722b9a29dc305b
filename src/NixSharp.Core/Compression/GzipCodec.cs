using System.IO.Compression;
using System.Security.Cryptography;

namespace NixSharp.Compression;

/// <summary>
/// Makes a gzip member (RFC 1952) of each block, so that blocks can be compressed side by side and the members, one
/// behind the other, are one gzip file. Blocks that do not shrink are stored, which is forty times as fast.
/// </summary>
internal sealed class GzipCodec : IBlockCodec
{
    /// <summary>The most bytes that a member of a whole block takes; the fastest level writes up to nine bits a byte.</summary>
    public const int MaxMemberSize = BlockPipeline.BlockSize + (BlockPipeline.BlockSize / 8) + 4096;

    private const int Samples = 8;
    private const int SampleSize = 4096;
    private const int ExtraFlags = 8;
    private const int OperatingSystemFlag = 9;
    private const byte UnknownSystem = 255;

    private static readonly GzipCodec[] Levels = [.. Enumerable.Range(1, 9).Select(static level => new GzipCodec(level))];
    private static readonly ZLibCompressionOptions Store = new() { CompressionLevel = 0 };
    private static readonly ZLibCompressionOptions Probe = new() { CompressionLevel = 2 };

    private readonly ZLibCompressionOptions _options;
    private readonly Lazy<string> _fingerprint;

    private GzipCodec(int level)
    {
        Level = level;
        _options = new() { CompressionLevel = level };
        _fingerprint = new(ComputeFingerprint);
    }

    public int Level { get; }

    /// <summary>
    /// Tells apart deflate implementations that write other bytes for the same input: another runtime's, a
    /// distribution's own, a processor's. No API names them, so their output does.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>The codec of a level from 1, fast, to 9, small.</summary>
    public static GzipCodec OfLevel(int level) => Levels[level - 1];

    /// <summary>Makes one member.</summary>
    public PooledBlock Compress(PooledBlock input)
    {
        var member = new PooledBlock(MaxMemberSize);
        try
        {
            Write(member, input.Span, IsCompressible(input.Span, member) ? _options : Store);
            member.Buffer[ExtraFlags] = 0;
            member.Buffer[OperatingSystemFlag] = UnknownSystem;
            return member;
        }
        catch
        {
            member.Dispose();
            throw;
        }
    }

    private static void Write(PooledBlock member, ReadOnlySpan<byte> data, ZLibCompressionOptions options)
    {
        using var output = new MemoryStream(member.Buffer);
        using (var gzip = new GZipStream(output, options, leaveOpen: true))
        {
            gzip.Write(data);
        }

        member.Length = (int)output.Position;
    }

    private static bool IsCompressible(ReadOnlySpan<byte> data, PooledBlock scratch)
    {
        if (data.Length < 4 * Samples * SampleSize)
        {
            return true;
        }

        using var output = new MemoryStream(scratch.Buffer);
        using (var deflate = new DeflateStream(output, Probe, leaveOpen: true))
        {
            var stride = data.Length / Samples;
            for (var sample = 0; sample < Samples; sample++)
            {
                deflate.Write(data.Slice((sample * stride) + ((stride - SampleSize) / 2), SampleSize));
            }
        }

        return output.Position < Samples * SampleSize * 98L / 100;
    }

    private string ComputeFingerprint()
    {
        // Words of a small vocabulary in an order that does not repeat: matches of many lengths and distances.
        using var input = new PooledBlock(256 * 1024);
        var state = 1u;
        while (input.Free.Length >= 16)
        {
            state = (state * 1664525) + 1013904223;
            var word = SHA256.HashData([(byte)(state >> 24)]);
            var length = 2 + (int)((state >> 16) % 14);
            word.AsSpan(0, length).CopyTo(input.Free);
            input.Length += length;
        }

        using var member = Compress(input);
        return Convert.ToHexStringLower(SHA256.HashData(member.Span)[..8]);
    }
}
