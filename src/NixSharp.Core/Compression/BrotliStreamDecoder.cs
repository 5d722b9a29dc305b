using System.Buffers;
using System.IO.Compression;

namespace NixSharp.Compression;

/// <summary>Reads brotli (RFC 7932).</summary>
internal sealed class BrotliStreamDecoder : IDecoder
{
    private BrotliDecoder _decoder;

    public bool HasMembers => false;

    public OperationStatus Decompress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal) =>
        _decoder.Decompress(source, destination, out consumed, out written);

    public void Dispose() => _decoder.Dispose();
}
