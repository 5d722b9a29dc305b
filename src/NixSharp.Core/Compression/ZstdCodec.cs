using System.Collections.Concurrent;
using NixSharp.Native;

namespace NixSharp.Compression;

/// <summary>Makes a zstd frame (RFC 8878) of each block; frames one behind the other are one zstd file.</summary>
internal sealed unsafe class ZstdCodec : IBlockCodec
{
    private static readonly ConcurrentDictionary<int, ZstdCodec> Levels = new();

    private readonly int _level;
    private readonly ConcurrentBag<ZstdContext> _contexts = [];

    private ZstdCodec(int level)
    {
        SystemLibrary.Zstd.EnsureLoaded();
        _level = level;
    }

    /// <summary>The version of libzstd: the bytes are the same for the same one, on every processor.</summary>
    public string Fingerprint => $"libzstd {LibZstd.Version}";

    /// <summary>The codec of a level.</summary>
    /// <exception cref="NixException">libzstd is missing.</exception>
    public static ZstdCodec OfLevel(int level) => Levels.GetOrAdd(level, static level => new ZstdCodec(level));

    public PooledBlock Compress(PooledBlock input)
    {
        // What is in a bag at the program's end is let go of by its finalizer.
        var context = _contexts.TryTake(out var free) ? free : new ZstdContext(_level);
        var frame = new PooledBlock((int)LibZstd.Bound((nuint)input.Length));
        try
        {
            frame.Length = context.Compress(input.Span, frame.Free);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
        finally
        {
            _contexts.Add(context);
        }
    }
}
