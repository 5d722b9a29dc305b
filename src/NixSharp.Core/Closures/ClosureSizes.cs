using NixSharp.StorePaths;

namespace NixSharp.Closures;

/// <summary>The closure size of every path in a closure, as <c>nix path-info -r -S</c> lists them.</summary>
public static class ClosureSizes
{
    private const int BlockSize = sizeof(ulong) * 8;
    private const int BytesInBlock = sizeof(ulong);
    private const int ByteValues = 256;

    /// <summary>Sums, for each path, the sizes of the NARs of all that it needs and of itself, in bytes.</summary>
    /// <remarks>
    /// 64 paths at a time, a bit each, are handed on from what is referred to to what refers to it, so that the memory grows
    /// with the number of paths only. What a set of bits adds up to is looked up byte by byte.
    /// </remarks>
    public static IReadOnlyDictionary<StorePath, long> ComputeSizes(this Closure closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        var paths = closure.Paths;
        var references = FindReferences(closure);
        var sums = new long[paths.Count];
        var needed = new ulong[paths.Count];
        var table = new long[BytesInBlock * ByteValues];
        for (var first = 0; first < paths.Count; first += BlockSize)
        {
            FillTable(table, closure, first);
            for (var i = first; i < paths.Count; i++)
            {
                var bits = i < first + BlockSize ? 1UL << (i - first) : 0;
                foreach (var reference in references[i])
                {
                    // What comes before the block needs nothing of it.
                    bits |= reference < first ? 0 : needed[reference];
                }

                needed[i] = bits;
                for (var at = 0; bits != 0; at += ByteValues, bits >>= 8)
                {
                    sums[i] += table[at + (int)(bits & 0xff)];
                }
            }
        }

        return paths.Select((info, i) => (info.Path, Size: sums[i])).ToDictionary();
    }

    /// <summary>The positions of what each path refers to, all of them before its own.</summary>
    private static int[][] FindReferences(Closure closure)
    {
        var positions = closure.Paths.Select(static (info, i) => (info.Path, Position: i)).ToDictionary();
        return [.. closure.Paths.Select(info => info.References.Where(reference => reference != info.Path).Select(reference => positions[reference]).ToArray())];
    }

    /// <summary>For each byte of a block's bits and each value of it: what the sizes of those paths add up to.</summary>
    private static void FillTable(long[] table, Closure closure, int first)
    {
        for (var at = 0; at < table.Length; at++)
        {
            var value = at % ByteValues;
            if (value == 0)
            {
                table[at] = 0;
                continue;
            }

            var path = first + (at / ByteValues * 8) + System.Numerics.BitOperations.TrailingZeroCount(value);
            table[at] = table[at - value + (value & (value - 1))] + (path < closure.Paths.Count ? closure.Paths[path].NarSize : 0);
        }
    }
}
