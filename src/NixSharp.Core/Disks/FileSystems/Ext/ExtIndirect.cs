namespace NixSharp.Disks.FileSystems.Ext;

/// <summary>The block map of ext2 and ext3: twelve blocks, then blocks of block numbers, up to three deep.</summary>
internal sealed class ExtIndirect(Func<ulong, byte[]> readBlock, int blockSize)
{
    private const int Direct = 12;
    private const int MaxDepth = 3;
    private readonly ulong _numbers = (ulong)blockSize / 4;

    /// <summary>The runs of the first <paramref name="total"/> blocks.</summary>
    public IEnumerable<ExtRun> Read(byte[] map, ulong total)
    {
        ulong logical = 0;
        for (var i = 0; i < Direct && logical < total; i++, logical++)
        {
            yield return new ExtRun(logical, Bytes.U32(map, i * 4), 1);
        }

        for (var depth = 1; depth <= MaxDepth && logical < total; depth++)
        {
            foreach (var run in Read(Bytes.U32(map, (Direct + depth - 1) * 4), depth, logical, total))
            {
                yield return run;
            }

            logical += Span(depth);
        }
    }

    private ulong Span(int depth)
    {
        ulong span = 1;
        for (var i = 0; i < depth; i++)
        {
            span *= _numbers;
        }

        return span;
    }

    private IEnumerable<ExtRun> Read(ulong number, int depth, ulong logical, ulong total)
    {
        if (depth == 0 || number == 0)
        {
            yield return new ExtRun(logical, number, Span(depth));
            yield break;
        }

        var block = readBlock(number);
        for (var i = 0; i < block.Length / 4 && logical < total; i++, logical += Span(depth - 1))
        {
            foreach (var run in Read(Bytes.U32(block, i * 4), depth - 1, logical, total))
            {
                yield return run;
            }
        }
    }
}
