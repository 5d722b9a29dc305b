using System.Buffers;
using NixSharp.Native;

namespace NixSharp.Compression;

/// <summary>Reads zstd frames.</summary>
internal sealed unsafe class ZstdDecoder : IDecoder
{
    /// <summary>A frame may look back over 128 MiB at most, which every level keeps to.</summary>
    public const int MaxWindowLog = 27;

    private nint _context;

    public ZstdDecoder()
    {
        SystemLibrary.Zstd.EnsureLoaded();
        _context = LibZstd.CreateDecoder();
        if (_context == 0 || LibZstd.IsError(LibZstd.SetDecoderParameter(_context, LibZstd.MaxWindowLog, MaxWindowLog)) != 0)
        {
            Dispose();
            throw new InsufficientMemoryException("libzstd could not be set up.");
        }
    }

    ~ZstdDecoder() => Free();

    public bool HasMembers => true;

    public OperationStatus Decompress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* inputStart = source)
        fixed (byte* outputStart = destination)
        {
            var input = new ZstdBuffer { Start = inputStart, Size = (nuint)source.Length };
            var output = new ZstdBuffer { Start = outputStart, Size = (nuint)destination.Length };
            var result = LibZstd.Decompress(_context, &output, &input);
            (consumed, written) = ((int)input.Position, (int)output.Position);
            if (LibZstd.IsError(result) != 0)
            {
                throw new NixFormatException(
                    NixErrorCodes.CorruptCompression,
                    $"The zstd stream cannot be read: {LibZstd.Describe(result)}. Get the file again from its source.");
            }

            return result == 0 ? OperationStatus.Done
                : written == destination.Length ? OperationStatus.DestinationTooSmall
                : OperationStatus.NeedMoreData;
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
            _ = LibZstd.FreeDecoder(_context);
            _context = 0;
        }
    }
}
