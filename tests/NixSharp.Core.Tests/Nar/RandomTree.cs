using NixSharp.Files;
using NixSharp.Nar;

namespace NixSharp.Core.Tests.Nar;

/// <summary>Makes trees out of numbers: the same number, the same tree.</summary>
internal static class RandomTree
{
    /// <summary>The NAR of a tree, its entries in the right order.</summary>
    public static byte[] ToNar(int seed)
    {
        using var stream = new MemoryStream();
        using (var writer = new NarWriter(stream))
        {
            WriteNode(new Random(seed), [], depth: 0, writer);
        }

        return stream.ToArray();
    }

    private static void WriteNode(Random random, byte[] name, int depth, IFileTreeSink sink)
    {
        switch (random.Next(depth < 5 ? 5 : 2))
        {
            case 0:
                sink.AddSymlink(name, NonZero(random, random.Next(1, 40)));
                break;
            case 1:
                var contents = new byte[random.Next(4) == 0 ? random.Next(300_000) : random.Next(20)];
                random.NextBytes(contents);
                sink.AddFile(name, random.Next(2) == 0, contents.Length, new MemoryStream(contents));
                break;
            default:
                sink.BeginDirectory(name);
                foreach (var entry in Names(random))
                {
                    WriteNode(random, entry, depth + 1, sink);
                }

                sink.EndDirectory();
                break;
        }
    }

    private static IEnumerable<byte[]> Names(Random random) =>
        Enumerable.Range(0, random.Next(6))
            .Select(_ => NonZero(random, random.Next(1, random.Next(10) == 0 ? 256 : 12)))
            .Where(static name => !name.Contains((byte)'/') && !name.AsSpan().SequenceEqual("."u8) && !name.AsSpan().SequenceEqual(".."u8))
            .DistinctBy(Convert.ToHexString)
            .OrderBy(Convert.ToHexString, StringComparer.Ordinal);

    private static byte[] NonZero(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(1, 256))];
}
