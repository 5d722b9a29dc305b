using System.Buffers;
using NixSharp.Native;

namespace NixSharp.Compression;

/// <summary>Writes one zstd frame with a checksum, by threads of libzstd's own where there is more than one.</summary>
internal sealed unsafe class ZstdEncoder : IEncoder
{
    private nint _context;

    public ZstdEncoder(int level, int threads)
    {
        SystemLibrary.Zstd.EnsureLoaded();
        _context = LibZstd.CreateEncoder();
        if (_context == 0 || !Set(LibZstd.CompressionLevel, level) || !Set(LibZstd.Checksum, 1))
        {
            Dispose();
            throw new InsufficientMemoryException($"libzstd could not be set up for level {level}.");
        }

        // A library that was built without threads refuses this, and compresses in ours.
        _ = threads > 1 && Set(LibZstd.Workers, threads);

        bool Set(int parameter, int value) => LibZstd.IsError(LibZstd.SetEncoderParameter(_context, parameter, value)) == 0;
    }

    ~ZstdEncoder() => Free();

    public OperationStatus Compress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* inputStart = source)
        fixed (byte* outputStart = destination)
        {
            var input = new ZstdBuffer { Start = inputStart, Size = (nuint)source.Length };
            var output = new ZstdBuffer { Start = outputStart, Size = (nuint)destination.Length };
            var left = LibZstd.Compress(_context, &output, &input, isFinal ? LibZstd.End : LibZstd.Continue);
            if (LibZstd.IsError(left) != 0)
            {
                throw new InsufficientMemoryException($"libzstd could not compress: {LibZstd.Describe(left)}.");
            }

            (consumed, written) = ((int)input.Position, (int)output.Position);
            return (isFinal && left != 0) || consumed < source.Length || written == destination.Length
                ? OperationStatus.DestinationTooSmall
                : OperationStatus.Done;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context != 0)
        {
            _ = LibZstd.FreeEncoder(_context);
            _context = 0;
        }
    }
}
