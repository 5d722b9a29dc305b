namespace NixSharp.Disks.FileSystems;

/// <summary>Zeros, for the holes of files.</summary>
internal static class Zeros
{
    private static readonly byte[] Block = new byte[64 * 1024];

    public static void Fill(Stream destination, long count, CancellationToken cancellationToken)
    {
        for (; count > 0; count -= Math.Min(count, Block.Length))
        {
            cancellationToken.ThrowIfCancellationRequested();
            destination.Write(Block, 0, (int)Math.Min(count, Block.Length));
        }
    }
}
