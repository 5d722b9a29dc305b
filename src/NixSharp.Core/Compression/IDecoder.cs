using System.Buffers;

namespace NixSharp.Compression;

/// <summary>Decompresses, in the shape of <see cref="System.IO.Compression.BrotliDecoder"/>, so that others of that shape fit in.</summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Whether another member may follow the one that ended.</summary>
    bool HasMembers { get; }

    /// <summary>Reads some of <paramref name="source"/> and fills some of <paramref name="destination"/>.</summary>
    /// <param name="source">Compressed bytes.</param>
    /// <param name="destination">Takes decompressed bytes; not empty.</param>
    /// <param name="consumed">How many of the one were read.</param>
    /// <param name="written">How many of the other were filled.</param>
    /// <param name="isFinal">Whether nothing comes after <paramref name="source"/>.</param>
    /// <returns><see cref="OperationStatus.Done"/> where a member ended.</returns>
    /// <exception cref="NixException">The bytes are refused for a reason that is worth a message of its own.</exception>
    OperationStatus Decompress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal);
}
