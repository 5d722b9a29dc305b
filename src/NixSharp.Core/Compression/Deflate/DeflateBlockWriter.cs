using System.Runtime.CompilerServices;

namespace NixSharp.Compression.Deflate;

/// <summary>Collects literals and matches, and writes them as a block in the form that is smallest.</summary>
internal sealed class DeflateBlockWriter
{
    private const int MaxTokens = 1 << 15;
    private const int MaxRoom = 2 * DeflateTables.MaxMatch;
    private const int MaxStored = 65535;
    private const int MaxCodeLength = 15;
    private const int CodeLengthSymbols = 19;
    private const int MaxCodeLengthLength = 7;

    private static readonly HuffmanCode FixedLiterals = MakeFixed(288, static symbol => symbol switch { < 144 => 8, < 256 => 9, < 280 => 7, _ => 8 });
    private static readonly HuffmanCode FixedDistances = MakeFixed(DeflateTables.DistanceSymbols, static _ => 5);

    private readonly uint[] _tokens = new uint[MaxTokens + MaxRoom];
    private readonly int[] _literalCounts = new int[DeflateTables.LiteralSymbols];
    private readonly int[] _distanceCounts = new int[DeflateTables.DistanceSymbols];
    private readonly int[] _lengthCounts = new int[CodeLengthSymbols];
    private readonly HuffmanCode _literals = new(DeflateTables.LiteralSymbols);
    private readonly HuffmanCode _distances = new(DeflateTables.DistanceSymbols);
    private readonly HuffmanCode _lengths = new(CodeLengthSymbols);
    private readonly byte[] _allLengths = new byte[DeflateTables.LiteralSymbols + DeflateTables.DistanceSymbols];
    private readonly List<(int Symbol, int Extra, int ExtraBits)> _header = [];
    private int _count;

    /// <summary>Whether it is time to write the block.</summary>
    public bool IsFull => _count >= MaxTokens;

    /// <summary>Stores bytes as they are.</summary>
    public static void WriteStored(ref BitWriter writer, ReadOnlySpan<byte> source, bool isFinal)
    {
        do
        {
            var part = source[..Math.Min(source.Length, MaxStored)];
            source = source[part.Length..];
            writer.Write(isFinal && source.IsEmpty ? 1u : 0u, 3);
            writer.Align();
            writer.Write((uint)part.Length | ((uint)~part.Length << 16), 32);
            writer.Copy(part);
        }
        while (!source.IsEmpty);
    }

    public void Clear()
    {
        _count = 0;
        Array.Clear(_literalCounts);
        Array.Clear(_distanceCounts);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddLiteral(byte value)
    {
        _tokens[_count++] = value;
        _literalCounts[value]++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddMatch(int length, int distance)
    {
        _tokens[_count++] = ((uint)length << 16) | (uint)(distance - 1);
        _literalCounts[DeflateTables.EndOfBlock + 1 + DeflateTables.LengthCode(length)]++;
        _distanceCounts[DeflateTables.DistanceCode(distance)]++;
    }

    /// <summary>Writes the block, which stands for <paramref name="source"/>, and starts another one.</summary>
    public void Write(ref BitWriter writer, ReadOnlySpan<byte> source, bool isFinal)
    {
        _literalCounts[DeflateTables.EndOfBlock] = 1;
        _literals.Build(_literalCounts, MaxCodeLength);
        _distances.Build(_distanceCounts, MaxCodeLength);
        var (literalLengths, distanceLengths, codeLengths) = MakeHeader();
        var extra = ExtraBits();
        var dynamicBits = 17 + (3 * codeLengths) + HeaderBits() + _literals.Cost(_literalCounts) + _distances.Cost(_distanceCounts) + extra;
        var fixedBits = 3 + FixedLiterals.Cost(_literalCounts) + FixedDistances.Cost(_distanceCounts) + extra;
        var chunks = Math.Max(1, (source.Length + MaxStored - 1) / MaxStored);
        var storedBits = (8L * source.Length) + (40L * chunks);
        if (storedBits <= Math.Min(dynamicBits, fixedBits))
        {
            WriteStored(ref writer, source, isFinal);
        }
        else if (fixedBits <= dynamicBits)
        {
            writer.Write((isFinal ? 1u : 0u) | (1 << 1), 3);
            WriteTokens(ref writer, FixedLiterals, FixedDistances);
        }
        else
        {
            writer.Write((isFinal ? 1u : 0u) | (2 << 1), 3);
            writer.Write((uint)(literalLengths - 257) | ((uint)(distanceLengths - 1) << 5) | ((uint)(codeLengths - 4) << 10), 14);
            WriteHeader(ref writer, codeLengths);
            WriteTokens(ref writer, _literals, _distances);
        }

        if (isFinal)
        {
            writer.Align();
        }

        Clear();
    }

    private static HuffmanCode MakeFixed(int symbols, Func<int, byte> length)
    {
        var code = new HuffmanCode(symbols);
        for (var symbol = 0; symbol < symbols; symbol++)
        {
            code.Lengths[symbol] = length(symbol);
        }

        code.AssignCodes();
        return code;
    }

    private long ExtraBits()
    {
        var bits = 0L;
        for (var code = 0; code < DeflateTables.LengthExtraBits.Length; code++)
        {
            bits += (long)_literalCounts[DeflateTables.EndOfBlock + 1 + code] * DeflateTables.LengthExtraBits[code];
        }

        for (var code = 0; code < DeflateTables.DistanceSymbols; code++)
        {
            bits += (long)_distanceCounts[code] * DeflateTables.DistanceExtraBits[code];
        }

        return bits;
    }

    /// <summary>Describes the two codes by their lengths, runs of which are one symbol.</summary>
    private (int Literals, int Distances, int CodeLengths) MakeHeader()
    {
        var literals = Math.Max(257, Array.FindLastIndex(_literals.Lengths, static length => length > 0) + 1);
        var distances = Math.Max(1, Array.FindLastIndex(_distances.Lengths, static length => length > 0) + 1);
        _literals.Lengths.AsSpan(0, literals).CopyTo(_allLengths);
        _distances.Lengths.AsSpan(0, distances).CopyTo(_allLengths.AsSpan(literals));
        _header.Clear();
        Array.Clear(_lengthCounts);
        ReadOnlySpan<byte> left = _allLengths.AsSpan(0, literals + distances);
        while (!left.IsEmpty)
        {
            var run = left.IndexOfAnyExcept(left[0]);
            run = run < 0 ? left.Length : run;
            var taken = AddRun(left[0], run);
            left = left[taken..];
        }

        _lengths.Build(_lengthCounts, MaxCodeLengthLength);
        var codeLengths = CodeLengthSymbols;
        while (codeLengths > 4 && _lengths.Lengths[DeflateTables.CodeLengthOrder[codeLengths - 1]] == 0)
        {
            codeLengths--;
        }

        return (literals, distances, codeLengths);
    }

    private int AddRun(byte length, int run)
    {
        var (symbol, taken, extra, bits) = (length, run) switch
        {
            (0, >= 11) => (18, Math.Min(run, 138), Math.Min(run, 138) - 11, 7),
            (0, >= 3) => (17, run, run - 3, 3),
            _ => (length, 1, 0, 0),
        };
        AddSymbol(symbol, extra, bits);
        while (length > 0 && run - taken >= 3)
        {
            var more = Math.Min(run - taken, 6);
            AddSymbol(16, more - 3, 2);
            taken += more;
        }

        return taken;
    }

    private void AddSymbol(int symbol, int extra, int bits)
    {
        _header.Add((symbol, extra, bits));
        _lengthCounts[symbol]++;
    }

    private long HeaderBits()
    {
        var bits = _lengths.Cost(_lengthCounts);
        foreach (var (_, _, extraBits) in _header)
        {
            bits += extraBits;
        }

        return bits;
    }

    private void WriteHeader(ref BitWriter writer, int codeLengths)
    {
        for (var index = 0; index < codeLengths; index++)
        {
            writer.Write(_lengths.Lengths[DeflateTables.CodeLengthOrder[index]], 3);
        }

        foreach (var (symbol, extra, bits) in _header)
        {
            writer.Write(_lengths.Codes[symbol] | ((uint)extra << _lengths.Lengths[symbol]), _lengths.Lengths[symbol] + bits);
        }
    }

    private void WriteTokens(ref BitWriter writer, HuffmanCode literals, HuffmanCode distances)
    {
        foreach (var token in _tokens.AsSpan(0, _count))
        {
            var length = (int)(token >> 16);
            if (length == 0)
            {
                writer.Write(literals.Codes[token], literals.Lengths[token]);
                continue;
            }

            var lengthCode = DeflateTables.LengthCode(length);
            var symbol = DeflateTables.EndOfBlock + 1 + lengthCode;
            ulong bits = literals.Codes[symbol];
            var count = (int)literals.Lengths[symbol];
            bits |= (ulong)(length - DeflateTables.LengthStarts[lengthCode]) << count;
            count += DeflateTables.LengthExtraBits[lengthCode];
            var distance = (int)(token & 0xFFFF) + 1;
            var distanceCode = DeflateTables.DistanceCode(distance);
            bits |= (ulong)distances.Codes[distanceCode] << count;
            count += distances.Lengths[distanceCode];
            bits |= (ulong)(distance - DeflateTables.DistanceStarts[distanceCode]) << count;
            writer.Write(bits, count + DeflateTables.DistanceExtraBits[distanceCode]);
        }

        writer.Write(literals.Codes[DeflateTables.EndOfBlock], literals.Lengths[DeflateTables.EndOfBlock]);
    }
}
