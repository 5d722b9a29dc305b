using FsCheck;
using FsCheck.Fluent;
using NixSharp.Stores.Protocol;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Protocol;

public sealed class ProtocolPropertyTests
{
    [Fact]
    public void Bytes_come_back_whatever_they_are_and_however_they_arrive() => Check(
        from strings in Gen.ListOf(Gen.ArrayOf(Gen.Choose(0, 255).Select(static value => (byte)value)))
        from step in Gen.Choose(1, 20)
        select (Strings: strings.ToList(), Step: step),
        static value =>
        {
            var bytes = Wire.WriteAsync(writer => writer.WriteList(value.Strings, item => writer.WriteBytes(item))).GetAwaiter().GetResult();
            using var reader = new WireReader(new SlowStream(bytes, value.Step));
            var read = reader.ReadListAsync(token => reader.ReadBytesAsync(token), default).AsTask().GetAwaiter().GetResult();
            return read.Count == value.Strings.Count && read.Zip(value.Strings).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second)) && reader.Position == bytes.Length;
        });

    [Fact]
    public void Activities_come_back() => Check(
        from number in Gen.Choose(0, int.MaxValue)
        from level in Gen.Choose(0, 7)
        from text in ArbMap.Default.GeneratorFor<NonNull<string>>()
        from fields in Gen.ListOf(Gen.OneOf(
            Gen.Choose(0, int.MaxValue).Select(static value => (LogField)(ulong)value),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Where(static value => IsText(value.Get)).Select(static value => (LogField)value.Get)))
        where IsText(text.Get)
        select new DaemonMessage.StartActivity((ulong)number, level, NixActivityType.Build, text.Get, fields.ToList(), (ulong)level),
        static message =>
        {
            var bytes = Wire.WriteAsync(writer => writer.WriteMessage(message)).GetAwaiter().GetResult();
            var read = (DaemonMessage.StartActivity)Wire.ReadAllAsync(bytes, static reader => reader.ReadMessageAsync(default)).GetAwaiter().GetResult().Single();
            return read.Fields.SequenceEqual(message.Fields) && read with { Fields = message.Fields } == message;
        });

    [Fact]
    public void Frames_give_back_what_was_written_in_any_pieces() => Check(
        from pieces in Gen.ListOf(Gen.ArrayOf(Gen.Choose(0, 255).Select(static value => (byte)value)))
        from step in Gen.Choose(1, 20)
        select (Pieces: pieces.ToList(), Step: step),
        static value =>
        {
            using var sent = new MemoryStream();
            using var writer = new WireWriter(sent);
            using var frames = new FrameWriter(writer);
            foreach (var piece in value.Pieces)
            {
                frames.Write(piece);
                if (piece.Length % 2 == 0)
                {
                    frames.FlushAsync(default).GetAwaiter().GetResult();
                }
            }

            frames.CompleteAsync(default).AsTask().GetAwaiter().GetResult();
            using var reader = new WireReader(new SlowStream(sent.ToArray(), value.Step));
            using var received = new FrameReader(reader);
            using var copy = new MemoryStream();
            received.CopyTo(copy);
            return copy.ToArray().AsSpan().SequenceEqual(value.Pieces.SelectMany(static piece => piece).ToArray()) && received.IsAtEnd;
        });

    private static void Check<T>(Gen<T> values, Func<T, bool> holds) => Prop.ForAll(Arb.From(values), holds).QuickCheckThrowOnFailure();

    private static bool IsText(string text) => !text.Any(char.IsSurrogate);

    /// <summary>Gives a few bytes at a time, as a network may.</summary>
    private sealed class SlowStream(byte[] bytes, int step) : MemoryStream(bytes, writable: false)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(step, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }
}
