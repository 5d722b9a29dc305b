using System.Buffers;
using System.IO.Compression;

namespace NixSharp.Compression;

/// <summary>Writes brotli (RFC 7932).</summary>
internal sealed class BrotliStreamEncoder(int level) : IEncoder
{
    private const int WindowBits = 22;

    private BrotliEncoder _encoder = new(level, WindowBits);

    public OperationStatus Compress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal) =>
        _encoder.Compress(source, destination, out consumed, out written, isFinal);

    public void Dispose() => _encoder.Dispose();
}
