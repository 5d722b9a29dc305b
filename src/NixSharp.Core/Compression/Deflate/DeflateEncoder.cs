using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace NixSharp.Compression.Deflate;

/// <summary>
/// Writes deflate streams (RFC 1951). The same input gives the same bytes on every machine and in every version of this
/// code, which libraries do not promise: digests of layers are made of them. For one thread at a time.
/// </summary>
internal sealed unsafe class DeflateEncoder(DeflateLevel level)
{
    private const int HashBits = 15;
    private const int MinMatch = 4;
    private const int WindowMask = (1 << 15) - 1;
    private const int MissesToSkip = 32;
    private const int MaxSkip = 128;

    private readonly int[] _heads = new int[1 << HashBits];
    private readonly int[] _previous = new int[WindowMask + 1];
    private readonly DeflateBlockWriter _blocks = new();

    /// <summary>The most bytes that come out of so many.</summary>
    public static int Bound(int size) => size + (size >> 10) + 64;

    /// <summary>Writes one stream; <paramref name="destination"/> needs room for <see cref="Bound"/>. Returns its size.</summary>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Bound(source.Length));
        fixed (byte* input = source)
        fixed (byte* output = destination)
        fixed (int* heads = _heads)
        fixed (int* previous = _previous)
        {
            var writer = new BitWriter(output);
            if (!SamplesCompress(source))
            {
                DeflateBlockWriter.WriteStored(ref writer, source, isFinal: true);
                return writer.Length;
            }

            // Places are counted from 1, so that 0 means none.
            new Span<int>(heads, _heads.Length).Clear();
            Parse(input, source.Length, heads, previous, ref writer);
            return writer.Length;
        }
    }

    /// <summary>
    /// Looks at parts of the input: noise, which is what compressed files look like, is stored, which is ten times as fast.
    /// Noise has every byte about equally often, and repeats nothing.
    /// </summary>
    private static bool SamplesCompress(ReadOnlySpan<byte> source)
    {
        const int Samples = 16;
        const int SampleSize = 2048;
        if (source.Length < 4 * Samples * SampleSize)
        {
            return true;
        }

        Span<int> counts = stackalloc int[256];
        Span<ushort> seen = stackalloc ushort[4096];
        counts.Clear();
        var repeats = 0;
        var stride = source.Length / Samples;
        for (var sample = 0; sample < Samples; sample++)
        {
            var part = source.Slice((sample * stride) + ((stride - SampleSize) / 2), SampleSize);
            seen.Clear();
            for (var index = 0; index < SampleSize; index++)
            {
                counts[part[index]]++;
                if (index < SampleSize - 4)
                {
                    var word = BinaryPrimitives.ReadUInt32LittleEndian(part[index..]);
                    ref var slot = ref seen[(int)((word * 2654435761u) >> 20)];
                    repeats += slot > 0 && BinaryPrimitives.ReadUInt32LittleEndian(part[(slot - 1)..]) == word ? 1 : 0;
                    slot = (ushort)(index + 1);
                }
            }
        }

        // For noise the sum of squares is about total + total * total / 256.
        const long Total = Samples * SampleSize;
        var squares = 0L;
        foreach (var count in counts)
        {
            squares += (long)count * count;
        }

        return repeats > Total / 100 || (squares - Total) * 256 > Total * Total * 103 / 100;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadWord(byte* from)
    {
        var word = Unsafe.ReadUnaligned<uint>(from);
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchLength(byte* left, byte* right, int max)
    {
        var length = 0;
        while (length + 8 <= max)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(left + length) ^ Unsafe.ReadUnaligned<ulong>(right + length);
            if (difference != 0)
            {
                return length + ((BitConverter.IsLittleEndian ? BitOperations.TrailingZeroCount(difference) : BitOperations.LeadingZeroCount(difference)) >> 3);
            }

            length += 8;
        }

        while (length < max && left[length] == right[length])
        {
            length++;
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Insert(byte* input, int position, int* heads, int* previous)
    {
        var slot = heads + ((ReadWord(input + position) * 2654435761u) >> (32 - HashBits));
        var candidate = *slot;
        previous[position & WindowMask] = candidate;
        *slot = position + 1;
        return candidate - 1;
    }

    /// <summary>Remembers a place, and finds the longest match before it that is longer than <paramref name="length"/>.</summary>
    private int Find(byte* input, int position, int size, int length, int* heads, int* previous, ref int distance)
    {
        var candidate = Insert(input, position, heads, previous);
        var max = Math.Min(size - position, DeflateTables.MaxMatch);
        var nice = Math.Min(level.NiceLength, max);
        if (length >= max)
        {
            return length;
        }

        for (var chain = level.MaxChain; candidate >= 0 && position - candidate <= WindowMask && chain > 0; chain--)
        {
            // A longer match has to agree where the best one so far ends, which is quick to see.
            if (ReadWord(input + candidate) == ReadWord(input + position) && (length < MinMatch || input[candidate + length] == input[position + length]))
            {
                var found = MatchLength(input + candidate, input + position, max);
                if (found > length)
                {
                    (length, distance) = (found, position - candidate);
                    if (found >= nice)
                    {
                        break;
                    }
                }
            }

            candidate = previous[candidate & WindowMask] - 1;
        }

        return length;
    }

    private void Parse(byte* input, int size, int* heads, int* previous, ref BitWriter writer)
    {
        var (position, start, misses) = (0, 0, 0);
        var last = size - MinMatch;
        _blocks.Clear();
        while (position < size)
        {
            var distance = 0;
            var length = position <= last ? Find(input, position, size, MinMatch - 1, heads, previous, ref distance) : 0;
            if (length < MinMatch)
            {
                // Where nothing is found for long, nothing is likely to be.
                var skip = level.LazyLength == 0 ? Math.Min(misses++ / MissesToSkip, MaxSkip) : 0;
                var step = Math.Min(1 + skip, size - position);
                for (; step > 0; step--)
                {
                    _blocks.AddLiteral(input[position++]);
                }
            }
            else
            {
                misses = 0;
                while (length < level.LazyLength && position + 1 <= last)
                {
                    var nextDistance = 0;
                    var nextLength = Find(input, position + 1, size, length, heads, previous, ref nextDistance);
                    if (nextLength <= length)
                    {
                        // The place is remembered already.
                        AddMatch(input, ref position, length, distance, position + 2, last, heads, previous);
                        length = 0;
                        break;
                    }

                    _blocks.AddLiteral(input[position++]);
                    (length, distance) = (nextLength, nextDistance);
                }

                if (length > 0)
                {
                    AddMatch(input, ref position, length, distance, position + 1, last, heads, previous);
                }
            }

            if (_blocks.IsFull)
            {
                _blocks.Write(ref writer, new ReadOnlySpan<byte>(input + start, position - start), isFinal: position == size);
                start = position;
            }
        }

        if (start < size || size == 0)
        {
            _blocks.Write(ref writer, new ReadOnlySpan<byte>(input + start, size - start), isFinal: true);
        }
    }

    private void AddMatch(byte* input, ref int position, int length, int distance, int insert, int last, int* heads, int* previous)
    {
        _blocks.AddMatch(length, distance);
        position += length;
        var from = length > level.InsertLength ? Math.Max(insert, position - 2) : insert;
        for (var place = from; place < position && place <= last; place++)
        {
            Insert(input, place, heads, previous);
        }
    }
}
