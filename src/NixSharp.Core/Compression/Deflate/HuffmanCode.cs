namespace NixSharp.Compression.Deflate;

/// <summary>A canonical prefix code with a limit on its lengths, as RFC 1951 uses them.</summary>
internal sealed class HuffmanCode
{
    private const int MaxLength = 15;

    private readonly int[] _leaves;
    private readonly long[] _keys;
    private readonly int[] _weights;
    private readonly int[] _parents;

    public HuffmanCode(int symbols)
    {
        Lengths = new byte[symbols];
        Codes = new ushort[symbols];
        _leaves = new int[symbols];
        _keys = new long[symbols];
        _weights = new int[2 * symbols];
        _parents = new int[2 * symbols];
    }

    /// <summary>The length of each symbol's code in bits; 0 where it has none.</summary>
    public byte[] Lengths { get; }

    /// <summary>The codes, their first bit lowest, as they are written.</summary>
    public ushort[] Codes { get; }

    /// <summary>Makes the code for symbols that come up so often; at least two of them get one.</summary>
    public void Build(ReadOnlySpan<int> counts, int maxLength)
    {
        Array.Clear(Lengths);
        var used = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] > 0)
            {
                _leaves[used++] = symbol;
            }
        }

        // One code alone would have no bits, which some readers refuse.
        for (var symbol = 0; used < 2; symbol++)
        {
            if (counts[symbol] == 0)
            {
                _leaves[used++] = symbol;
            }
        }

        Sort(counts, used);
        Span<int> perLength = stackalloc int[MaxLength + 1];
        CountLengths(used, maxLength, perLength);
        var leaf = 0;
        for (var length = maxLength; length > 0; length--)
        {
            for (var count = perLength[length]; count > 0; count--)
            {
                Lengths[_leaves[leaf++]] = (byte)length;
            }
        }

        AssignCodes();
    }

    /// <summary>Makes the codes that belong to <see cref="Lengths"/>.</summary>
    public void AssignCodes()
    {
        Span<int> next = stackalloc int[MaxLength + 2];
        next.Clear();
        foreach (var length in Lengths)
        {
            next[length + 1] += length > 0 ? 1 : 0;
        }

        for (var length = 1; length <= MaxLength; length++)
        {
            next[length] = (next[length] + next[length - 1]) << 1;
        }

        for (var symbol = 0; symbol < Lengths.Length; symbol++)
        {
            var length = Lengths[symbol];
            Codes[symbol] = length > 0 ? Reverse(next[length]++, length) : (ushort)0;
        }
    }

    /// <summary>The bits that symbols take that come up so often.</summary>
    public long Cost(ReadOnlySpan<int> counts)
    {
        var bits = 0L;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            bits += (long)counts[symbol] * Lengths[symbol];
        }

        return bits;
    }

    private static ushort Reverse(int code, int length)
    {
        var reversed = 0;
        for (var bit = 0; bit < length; bit++)
        {
            reversed |= ((code >> bit) & 1) << (length - 1 - bit);
        }

        return (ushort)reversed;
    }

    /// <summary>Puts the rarest first; equally rare ones by symbol, so that the same counts give the same code.</summary>
    private void Sort(ReadOnlySpan<int> counts, int used)
    {
        for (var index = 0; index < used; index++)
        {
            _keys[index] = ((long)counts[_leaves[index]] << 16) | (uint)_leaves[index];
        }

        Array.Sort(_keys, 0, used);
        for (var index = 0; index < used; index++)
        {
            _leaves[index] = (int)(_keys[index] & 0xFFFF);
            _weights[index] = (int)(_keys[index] >> 16);
        }
    }

    private void CountLengths(int used, int maxLength, Span<int> perLength)
    {
        // Leaves and inner nodes are both made in the order of their weights, so that the two lightest are always in front.
        var (leaf, inner, last) = (0, used, (2 * used) - 1);
        for (var node = used; node < last; node++)
        {
            _weights[node] = 0;
            for (var child = 0; child < 2; child++)
            {
                var lightest = leaf < used && (inner >= node || _weights[leaf] <= _weights[inner]) ? leaf++ : inner++;
                _weights[node] += _weights[lightest];
                _parents[lightest] = node;
            }
        }

        perLength.Clear();
        _weights[last - 1] = 0;
        for (var node = last - 2; node >= 0; node--)
        {
            // From here on weights are depths.
            _weights[node] = _weights[_parents[node]] + 1;
            if (node < used)
            {
                perLength[Math.Min(_weights[node], maxLength)]++;
            }
        }

        // Codes that were cut take more than their share, which others have to give up by becoming longer.
        var total = 0L;
        for (var length = 1; length <= maxLength; length++)
        {
            total += (long)perLength[length] << (maxLength - length);
        }

        for (; total > 1L << maxLength; total--)
        {
            var length = maxLength - 1;
            while (perLength[length] == 0)
            {
                length--;
            }

            perLength[maxLength]--;
            perLength[length]--;
            perLength[length + 1] += 2;
        }
    }
}
