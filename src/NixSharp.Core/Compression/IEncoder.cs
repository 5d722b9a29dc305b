using System.Buffers;

namespace NixSharp.Compression;

/// <summary>Compresses, in the shape of <see cref="System.IO.Compression.BrotliEncoder"/>, so that others of that shape fit in.</summary>
internal interface IEncoder : IDisposable
{
    /// <summary>Reads some of <paramref name="source"/> and fills some of <paramref name="destination"/>.</summary>
    /// <param name="source">Bytes.</param>
    /// <param name="destination">Takes compressed bytes; not empty.</param>
    /// <param name="consumed">How many of the one were read.</param>
    /// <param name="written">How many of the other were filled.</param>
    /// <param name="isFinal">Whether nothing comes after <paramref name="source"/>.</param>
    /// <returns>
    /// <see cref="OperationStatus.DestinationTooSmall"/> where more can be had at once; else <see cref="OperationStatus.Done"/>,
    /// with all of <paramref name="source"/> read.
    /// </returns>
    OperationStatus Compress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal);
}
