using System.Buffers;
using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Compression;

/// <summary>Writes .xz, as blocks side by side where there is more than one thread.</summary>
internal sealed unsafe class XzEncoder : IEncoder
{
    private readonly LzmaStream* _stream;
    private bool _isDisposed;

    public XzEncoder(int level, int threads)
    {
        SystemLibrary.Lzma.EnsureLoaded();
        _stream = (LzmaStream*)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream));
        var result = threads > 1
            ? LibLzma.InitEncoder(_stream, new LzmaThreads { Threads = (uint)threads, Preset = (uint)level, Check = LibLzma.Crc64 })
            : LibLzma.InitEncoder(_stream, (uint)level, LibLzma.Crc64);
        if (result != LibLzma.Ok)
        {
            Dispose();
            throw new InsufficientMemoryException($"liblzma could not be set up for level {level} with {threads} threads.");
        }
    }

    ~XzEncoder() => Free();

    public OperationStatus Compress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal)
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
                LibLzma.Ok or LibLzma.NoProgress when consumed < source.Length || written == destination.Length || isFinal => OperationStatus.DestinationTooSmall,
                LibLzma.Ok or LibLzma.NoProgress => OperationStatus.Done,
                _ => throw new InsufficientMemoryException($"liblzma could not compress: it returned {result}."),
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
