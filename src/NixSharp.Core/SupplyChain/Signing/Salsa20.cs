using System.Buffers.Binary;
using System.Numerics;

namespace NixSharp.SupplyChain.Signing;

/// <summary>The stream cipher Salsa20, and HSalsa20, which makes one key of another.</summary>
internal static class Salsa20
{
    private const int Rounds = 20;
    private const int BlockSize = 64;
    private static readonly uint[] Constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

    /// <summary>HSalsa20: a key from a key and 16 bytes.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        Span<uint> state = stackalloc uint[16];
        Load(state, key, input);
        Permute(state);
        var output = new byte[32];
        ReadOnlySpan<int> words = [0, 5, 10, 15, 6, 7, 8, 9];
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output.AsSpan(4 * i), state[words[i]]);
        }

        return output;
    }

    /// <summary>Fills <paramref name="output"/> with the key stream from its start.</summary>
    public static void Fill(Span<byte> output, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        Span<byte> input = stackalloc byte[16];
        Span<uint> start = stackalloc uint[16];
        Span<uint> state = stackalloc uint[16];
        Span<byte> block = stackalloc byte[BlockSize];
        nonce.CopyTo(input);
        for (ulong counter = 0; !output.IsEmpty; counter++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(input[8..], counter);
            Load(start, key, input);
            start.CopyTo(state);
            Permute(state);
            for (var i = 0; i < 16; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * i)..], state[i] + start[i]);
            }

            var count = Math.Min(BlockSize, output.Length);
            block[..count].CopyTo(output);
            output = output[count..];
        }
    }

    private static void Load(Span<uint> state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        for (var i = 0; i < 4; i++)
        {
            state[5 * i] = Constants[i];
            state[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
            state[6 + i] = BinaryPrimitives.ReadUInt32LittleEndian(input[(4 * i)..]);
            state[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + (4 * i))..]);
        }
    }

    private static void Permute(Span<uint> x)
    {
        for (var round = 0; round < Rounds; round += 2)
        {
            for (var i = 0; i < 4; i++)
            {
                Quarter(x, 5 * i, ((5 * i) + 4) % 16, ((5 * i) + 8) % 16, ((5 * i) + 12) % 16);
            }

            for (var i = 0; i < 4; i++)
            {
                Quarter(x, 5 * i, (4 * i) + ((i + 1) % 4), (4 * i) + ((i + 2) % 4), (4 * i) + ((i + 3) % 4));
            }
        }
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
