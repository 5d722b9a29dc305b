using System.IO.Compression;
using ICSharpCode.SharpZipLib.BZip2;

namespace NixSharp.Compression;

public sealed partial class NarCompression
{
    private static readonly byte[] EmptyGzip = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>
    /// Decompresses a stream while it is read. Several members or frames after another are read as one. Reading throws
    /// <see cref="NixFormatException"/>, with the offset in the compressed bytes, where they are damaged or end too
    /// early, and where they would take more memory than any of Nix's levels does.
    /// </summary>
    /// <param name="source">The compressed bytes.</param>
    /// <param name="size">
    /// How many bytes must come out. Reading stops there, so that a small file cannot fill a disk; null reads all that comes.
    /// </param>
    /// <param name="leaveOpen">Whether <paramref name="source"/> stays open when the stream is disposed.</param>
    /// <exception cref="NixException">The library that the compression needs is missing.</exception>
    public Stream OpenRead(Stream source, long? size = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (size is { } announced)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(announced, nameof(size));
            return this == None
                ? new SizedStream(source, announced, leaveOpen)
                : new SizedStream(OpenRead(source, size: null, leaveOpen), announced, leaveOpen: false);
        }

        return Name switch
        {
            "gzip" => new DecoderStream(source, new GzipDecoder(), Name, leaveOpen),
            "bzip2" => new ForeignDecoderStream(source, static member => new BZip2InputStream(member) { IsStreamOwner = false }, Name, leaveOpen),
            "xz" => new DecoderStream(source, new XzDecoder(), Name, leaveOpen),
            "zstd" => new DecoderStream(source, new ZstdDecoder(), Name, leaveOpen),
            "br" => new DecoderStream(source, new BrotliStreamDecoder(), Name, leaveOpen),
            _ => new UnchangedStream(source, leaveOpen),
        };
    }

    /// <summary>Compresses what is written to a stream. Disposing it writes the end, which nothing else does.</summary>
    /// <param name="destination">Takes the compressed bytes.</param>
    /// <param name="options">Level and threads.</param>
    /// <param name="leaveOpen">Whether <paramref name="destination"/> stays open when the stream is disposed.</param>
    /// <exception cref="NixFormatException">The compression has no such level.</exception>
    /// <exception cref="NixException">The library that the compression needs is missing.</exception>
    public Stream OpenWrite(Stream destination, CompressionOptions? options = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new CompressionOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        var level = options.Level ?? DefaultLevel;
        if (this != None && (level < MinLevel || level > MaxLevel))
        {
            throw new NixFormatException(
                NixErrorCodes.UnknownCompression,
                $"{Name} has no level {level}. Choose one from {MinLevel}, fast, to {MaxLevel}, small.");
        }

        var threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        return Name switch
        {
            "gzip" => Encode(new StreamEncoder(output => new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true), EmptyGzip)),
            "bzip2" => Encode(new StreamEncoder(output => new BZip2OutputStream(output, level) { IsStreamOwner = false })),
            "xz" => Encode(new XzEncoder(level, threads)),
            "zstd" => Encode(new ZstdEncoder(level, threads)),
            "br" => Encode(new BrotliStreamEncoder(level)),
            _ => new UnchangedStream(destination, leaveOpen),
        };

        EncoderStream Encode(IEncoder encoder) => new(destination, encoder, leaveOpen);
    }
}
