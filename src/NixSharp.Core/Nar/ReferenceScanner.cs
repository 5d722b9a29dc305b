using System.Runtime.InteropServices;
using System.Text;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Nar;

/// <summary>
/// Finds the hash parts of store paths in a stream of bytes, whatever pieces it comes in. As in Nix, the 32
/// characters alone count; the name behind them doesn't.
/// </summary>
public sealed class ReferenceScanner
{
    private const int Length = StorePath.HashPartLength;
    private static readonly bool[] IsBase32 = MakeTable();

    private readonly Dictionary<UInt128, List<(byte[] HashPart, StorePath Path)>> _candidates = [];
    private readonly HashSet<StorePath> _found = [];
    private readonly byte[] _seam = new byte[(2 * Length) - 2];
    private int _tail;

    /// <summary>Looks for <paramref name="candidates"/>.</summary>
    public ReferenceScanner(IEnumerable<StorePath> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        foreach (var path in candidates)
        {
            var hashPart = Encoding.ASCII.GetBytes(path.HashPart.ToString());
            ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_candidates, KeyOf(hashPart), out _);
            (bucket ??= []).Add((hashPart, path));
        }
    }

    /// <summary>The candidates that were found so far, sorted.</summary>
    public IReadOnlyList<StorePath> Found => [.. _found.Order()];

    /// <summary>Scans the next piece.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (_candidates.Count == 0 || data.IsEmpty)
        {
            return;
        }

        // A hash part may lie across the seam between the last piece and this one.
        var head = data[..Math.Min(data.Length, Length - 1)];
        head.CopyTo(_seam.AsSpan(_tail));
        var seam = _seam.AsSpan(0, _tail + head.Length);
        Scan(seam);
        Scan(data);
        var rest = data.Length >= Length - 1 ? data[^(Length - 1)..] : seam[Math.Max(0, seam.Length - Length + 1)..];
        _tail = rest.Length;
        rest.CopyTo(_seam);
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> hashPart) => MemoryMarshal.Read<UInt128>(hashPart);

    private static bool[] MakeTable()
    {
        var table = new bool[256];
        foreach (var character in Nix32.Alphabet)
        {
            table[character] = true;
        }

        return table;
    }

    /// <summary>Looks at each window from its right end, so that one byte outside the alphabet skips a whole window.</summary>
    private void Scan(ReadOnlySpan<byte> data)
    {
        var valid = IsBase32;
        var start = 0;
        while (start + Length <= data.Length)
        {
            var index = Length - 1;
            while (index >= 0 && valid[data[start + index]])
            {
                index--;
            }

            if (index >= 0)
            {
                start += index + 1;
                continue;
            }

            do
            {
                Check(data.Slice(start, Length));
                start++;
            }
            while (start + Length <= data.Length && valid[data[start + Length - 1]]);
        }
    }

    private void Check(ReadOnlySpan<byte> window)
    {
        if (!_candidates.TryGetValue(KeyOf(window), out var bucket))
        {
            return;
        }

        foreach (var (hashPart, path) in bucket)
        {
            if (window.SequenceEqual(hashPart))
            {
                _found.Add(path);
            }
        }
    }
}
