namespace NixSharp.Disks.FileSystems.Ext;

/// <summary>The extent tree of an inode. Every step has to go forward, so that no tree of a stranger is endless.</summary>
internal sealed class ExtExtents(Func<ulong, byte[]> readBlock, Func<string, DiskException> damaged)
{
    private const int Magic = 0xf30a;
    private const int HeaderSize = 12;
    private const int EntrySize = 12;
    private const int MaxDepth = 5;
    private const int UnwrittenFrom = 32768;

    public IEnumerable<ExtRun> Read(byte[] root) => Read(root, depth: null, 0);

    private IEnumerable<ExtRun> Read(byte[] node, int? depth, ulong atLeast)
    {
        var (count, max, level) = (Bytes.U16(node, 2), Bytes.U16(node, 4), Bytes.U16(node, 6));
        if (Bytes.U16(node, 0) != Magic || count > max || HeaderSize + (max * EntrySize) > node.Length || level > MaxDepth ||
            (depth is { } expected && (level != expected || count == 0)))
        {
            throw damaged("a node of an extent tree is impossible");
        }

        for (var i = 0; i < count; i++)
        {
            var entry = HeaderSize + (i * EntrySize);
            ulong logical = Bytes.U32(node, entry);
            if (logical < atLeast)
            {
                throw damaged("an extent tree does not go forward");
            }

            if (level > 0)
            {
                atLeast = logical;
                var child = Bytes.U32(node, entry + 4) | ((ulong)Bytes.U16(node, entry + 8) << 32);
                foreach (var run in Read(readBlock(child), level - 1, atLeast))
                {
                    atLeast = run.Logical + run.Count;
                    yield return run;
                }

                continue;
            }

            var (length, physical) = (Bytes.U16(node, entry + 4), Bytes.U32(node, entry + 8) | ((ulong)Bytes.U16(node, entry + 6) << 32));
            var isUnwritten = length > UnwrittenFrom;
            var blocks = (ulong)(isUnwritten ? length - UnwrittenFrom : length);
            if (blocks == 0)
            {
                throw damaged("an extent is empty");
            }

            atLeast = logical + blocks;
            yield return new ExtRun(logical, isUnwritten ? 0 : physical, blocks);
        }
    }
}
