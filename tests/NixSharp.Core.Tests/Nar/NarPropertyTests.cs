using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using NixSharp.Core.Tests.Files;
using NixSharp.Files;
using NixSharp.Nar;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Nar;

public sealed class NarPropertyTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void What_is_written_is_read_and_written_to_the_same_bytes() => Prop.ForAll(Seeds, static seed =>
    {
        var nar = RandomTree.ToNar(seed);
        using var copy = new MemoryStream();
        using (var writer = new NarWriter(copy))
        {
            NarReader.Read(new MemoryStream(nar), writer);
        }

        return copy.ToArray().AsSpan().SequenceEqual(nar);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_pieces_that_a_stream_gives_do_not_matter() => Prop.ForAll(Seeds, static seed =>
    {
        var nar = RandomTree.ToNar(seed);
        var whole = new TreeRecorder();
        NarReader.Read(new MemoryStream(nar), whole);
        var pieces = new TreeRecorder();
        Assert.Equal(nar.Length, NarReader.Read(new TricklingStream(nar, seed), pieces));
        Assert.Equal(whole.Lines, pieces.Lines);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Trees_on_disk_are_dumped_as_they_were_unpacked()
    {
        using var folder = new TemporaryFolder();
        for (var seed = 0; seed < 40; seed++)
        {
            var nar = RandomTree.ToNar(seed);
            await NarArchive.UnpackAsync(new MemoryStream(nar), folder[$"{seed}"]);
            using var dump = new MemoryStream();
            await NarArchive.DumpAsync(folder[$"{seed}"], dump);
            FileTree.Delete(folder[$"{seed}"]);
            Assert.Equal(nar, dump.ToArray());
        }
    }

    [Fact]
    public void Random_bytes_are_refused_in_an_orderly_way() =>
        Prop.ForAll<byte[]>(static bytes => Assert.Throws<NixFormatException>(() => NarReader.Read(new MemoryStream(bytes), new TreeRecorder())))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Damaged_NARs_are_read_or_refused_in_an_orderly_way()
    {
        var refused = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var nar = Damage(RandomTree.ToNar(random.Next(200)), random);
            var error = Record.Exception(() => NarReader.Read(new MemoryStream(nar), new TreeRecorder()));
            Assert.True(error is null or NixFormatException { Code: NixErrorCodes.InvalidNar }, error?.ToString());
            refused += error is null ? 0 : 1;
        }));
        Assert.InRange(refused, 100, 1000);
    }

    [Fact]
    public void What_is_read_from_a_damaged_NAR_is_still_canonical() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Seeds, static seed =>
        {
            var random = new Random(seed);
            var nar = Damage(RandomTree.ToNar(random.Next(200)), random);
            using var copy = new MemoryStream();
            using var writer = new NarWriter(copy);
            long size;
            try
            {
                size = NarReader.Read(new MemoryStream(nar), writer);
            }
            catch (NixFormatException)
            {
                return;
            }

            writer.Dispose();
            Assert.Equal(nar.AsSpan(0, (int)size).ToArray(), copy.ToArray());
        }));

    [Fact]
    public void Lengths_that_cannot_be_true_allocate_nothing()
    {
        // Each word of a small NAR in turn claims to be as long as a word can be.
        var nar = RandomTree.ToNar(Enumerable.Range(0, 100).First(static seed => RandomTree.ToNar(seed).Length is > 500 and < 4000));
        Span<byte> hostile = stackalloc byte[8];
        foreach (var length in (long[])[long.MaxValue, long.MaxValue - 7, -1, long.MinValue, int.MaxValue, 1L << 40])
        {
            BinaryPrimitives.WriteInt64LittleEndian(hostile, length);
            for (var offset = 0; offset < nar.Length; offset += 8)
            {
                var damaged = nar.ToArray();
                hostile.CopyTo(damaged.AsSpan(offset));
                var sink = new TreeRecorder();
                var before = GC.GetAllocatedBytesForCurrentThread();
                var error = Record.Exception(() => NarReader.Read(new MemoryStream(damaged), sink));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
                Assert.True(error is null or NixFormatException, error?.ToString());
            }
        }
    }

    private static byte[] Damage(byte[] nar, Random random)
    {
        var bytes = nar.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var offset = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[offset] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(offset, bytes.Count - offset);
                    break;
                case 2:
                    bytes.InsertRange(offset, new byte[8]);
                    break;
                case 3:
                    bytes.RemoveRange(offset & ~7, Math.Min(8, bytes.Count - (offset & ~7)));
                    break;
                default:
                    // A word that is there already, in another place.
                    var word = bytes.GetRange(Math.Max(0, (random.Next(bytes.Count) & ~7) - 16), Math.Min(16, bytes.Count));
                    bytes.InsertRange(offset & ~7, word);
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private sealed class TricklingStream(byte[] bytes, int seed) : MemoryStream(bytes)
    {
        private readonly Random _random = new(seed);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, _random.Next(1, 50)));
    }
}
