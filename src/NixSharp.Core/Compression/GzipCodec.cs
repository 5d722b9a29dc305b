using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Hashing;
using NixSharp.Compression.Deflate;

namespace NixSharp.Compression;

/// <summary>
/// Makes a gzip member (RFC 1952) of each block, so that blocks can be compressed side by side and the members, one
/// behind the other, are one gzip file.
/// </summary>
internal sealed class GzipCodec : IBlockCodec
{
    /// <summary>The bytes of a member around its deflate stream.</summary>
    private const int HeaderSize = 10;
    private const int TrailerSize = 8;

    private static readonly GzipCodec[] Levels = [.. Enumerable.Range(1, 9).Select(static level => new GzipCodec(level))];

    private readonly ConcurrentBag<DeflateEncoder> _encoders = [];
    private readonly DeflateLevel _level;

    private GzipCodec(int level)
    {
        _level = DeflateLevel.Of(level);
    }

    /// <summary>The version of the encoder; a change of its output has to change this.</summary>
    public string Fingerprint => "deflate 1";

    // Deflate; neither time nor flags; the system is unknown.
    private static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

    /// <summary>The codec of a level from 1, fast, to 9, small.</summary>
    public static GzipCodec OfLevel(int level) => Levels[level - 1];

    /// <summary>Makes one member.</summary>
    public PooledBlock Compress(PooledBlock input)
    {
        var encoder = _encoders.TryTake(out var free) ? free : new DeflateEncoder(_level);
        var member = new PooledBlock(HeaderSize + DeflateEncoder.Bound(input.Length) + TrailerSize);
        try
        {
            Header.CopyTo(member.Free);
            member.Length = HeaderSize;
            member.Length += encoder.Encode(input.Span, member.Free);
            BinaryPrimitives.WriteUInt32LittleEndian(member.Free, Crc32.HashToUInt32(input.Span));
            BinaryPrimitives.WriteUInt32LittleEndian(member.Free[4..], (uint)input.Length);
            member.Length += TrailerSize;
            return member;
        }
        catch
        {
            member.Dispose();
            throw;
        }
        finally
        {
            _encoders.Add(encoder);
        }
    }
}
