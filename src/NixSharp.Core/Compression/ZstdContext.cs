using NixSharp.Native;

namespace NixSharp.Compression;

/// <summary>What libzstd needs to make one frame after another at one level; for one thread at a time.</summary>
internal sealed unsafe class ZstdContext
{
    private readonly nint _context;

    public ZstdContext(int level)
    {
        _context = LibZstd.CreateEncoder();
        if (_context == 0 ||
            LibZstd.IsError(LibZstd.SetEncoderParameter(_context, LibZstd.CompressionLevel, level)) != 0 ||
            LibZstd.IsError(LibZstd.SetEncoderParameter(_context, LibZstd.Checksum, 1)) != 0)
        {
            throw new InsufficientMemoryException($"libzstd could not be set up for level {level}.");
        }
    }

    ~ZstdContext()
    {
        if (_context != 0)
        {
            _ = LibZstd.FreeEncoder(_context);
        }
    }

    /// <summary>Makes one frame, which fits if there is room for <see cref="LibZstd.Bound"/>; returns its size.</summary>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* input = source)
        fixed (byte* output = destination)
        {
            var size = LibZstd.CompressFrame(_context, output, (nuint)destination.Length, input, (nuint)source.Length);
            GC.KeepAlive(this);
            return LibZstd.IsError(size) == 0
                ? (int)size
                : throw new InsufficientMemoryException($"libzstd could not compress: {LibZstd.Describe(size)}.");
        }
    }
}
