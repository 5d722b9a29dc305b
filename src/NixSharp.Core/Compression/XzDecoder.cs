using System.Buffers;
using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Compression;

/// <summary>Reads .xz, several streams after another and padding included.</summary>
internal sealed unsafe class XzDecoder : IDecoder
{
    /// <summary>The most memory that a stream may ask for; the strongest level of xz takes a quarter.</summary>
    public const ulong MaxMemory = 256 * 1024 * 1024;

    private readonly LzmaStream* _stream;
    private bool _isDisposed;

    public XzDecoder()
    {
        SystemLibrary.Lzma.EnsureLoaded();
        _stream = (LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        if (LibLzma.InitDecoder(_stream, MaxMemory, LibLzma.Concatenated) != LibLzma.Ok)
        {
            Dispose();
            throw new InsufficientMemoryException("liblzma could not be set up.");
        }
    }

    ~XzDecoder() => Free();

    public bool HasMembers => false;

    public OperationStatus Decompress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        fixed (byte* input = source)
        fixed (byte* output = destination)
        {
            _stream->NextIn = input;
            _stream->AvailableIn = (nuint)source.Length;
            _stream->NextOut = output;
            _stream->AvailableOut = (nuint)destination.Length;
            var result = LibLzma.Code(_stream, isFinal ? LibLzma.Finish : LibLzma.Run);
            consumed = source.Length - (int)_stream->AvailableIn;
            written = destination.Length - (int)_stream->AvailableOut;
            return result switch
            {
                LibLzma.StreamEnd => OperationStatus.Done,
                LibLzma.Ok when written == destination.Length => OperationStatus.DestinationTooSmall,
                LibLzma.Ok or LibLzma.NoProgress => OperationStatus.NeedMoreData,
                LibLzma.OutOfMemory => throw new InsufficientMemoryException("liblzma could not get the memory that a stream asks for."),
                LibLzma.MemoryLimit => throw new NixFormatException(
                    NixErrorCodes.CorruptCompression,
                    $"The xz stream asks for more than {MaxMemory / 1024 / 1024} MiB of memory. Compress it again with a smaller dictionary: xz -9 takes 65 MiB."),
                _ => OperationStatus.InvalidData,
            };
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            LibLzma.End(_stream);
            NativeMemory.Free(_stream);
        }
    }
}
