using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NixSharp.Compression;
using NixSharp.Images.Oci;
using NixSharp.Images.Seekable;

namespace NixSharp.Images;

/// <summary>How the layers of an image are compressed.</summary>
public readonly record struct LayerCompression
{
    /// <summary>The level that compresses about as well as Go's tools do by default, in half their time.</summary>
    public const int DefaultGzipLevel = 3;

    /// <summary>zstd's own default.</summary>
    public const int DefaultZstdLevel = 3;

    /// <summary>The highest level of zstd that takes no more memory to unpack than its reader expects.</summary>
    public const int MaxZstdLevel = 19;

    private const string Forms = "Give 'none', 'gzip', 'zstd', 'estargz' or 'zstd:chunked'; all but 'none' with a level at the end if wanted, such as 'gzip:9'.";

    private LayerCompression(LayerFormat format, int level, bool isSeekable = false)
    {
        Format = format;
        Level = level;
        IsSeekable = isSeekable;
    }

    /// <summary>Layers are plain tar archives.</summary>
    public static LayerCompression None => default;

    /// <summary>Layers are gzipped at <see cref="DefaultGzipLevel"/>.</summary>
    public static LayerCompression Gzip => new(LayerFormat.Gzip, DefaultGzipLevel);

    /// <summary>Layers are packed with zstd at <see cref="DefaultZstdLevel"/>.</summary>
    public static LayerCompression Zstd => new(LayerFormat.Zstd, DefaultZstdLevel);

    /// <summary>
    /// Layers are gzipped file by file and have a table of contents, so that containerd's stargz snapshotter can start
    /// containers before it has all of them. To all others they are gzipped layers.
    /// </summary>
    public static LayerCompression EStargz => new(LayerFormat.Gzip, DefaultGzipLevel, isSeekable: true);

    /// <summary>
    /// Layers are packed with zstd file by file and have a table of contents, so that Podman and CRI-O fetch only the
    /// files that they do not have. To all others they are layers in zstd.
    /// </summary>
    public static LayerCompression ZstdChunked => new(LayerFormat.Zstd, DefaultZstdLevel, isSeekable: true);

    /// <summary>What layers are packed in.</summary>
    public LayerFormat Format { get; }

    /// <summary>How hard to try: gzip from 1, fast, to 9, small; zstd from 1 to 19; 0 where layers are not compressed.</summary>
    public int Level { get; }

    /// <summary>Whether files can be taken out of a layer without reading what is before them.</summary>
    public bool IsSeekable { get; }

    /// <summary>The media type of such a layer.</summary>
    public string MediaType => Format switch
    {
        LayerFormat.Gzip => OciMediaTypes.LayerGzip,
        LayerFormat.Zstd => OciMediaTypes.LayerZstd,
        _ => OciMediaTypes.Layer,
    };

    internal IBlockCodec? Codec => Format switch
    {
        LayerFormat.Gzip => GzipCodec.OfLevel(Level),
        LayerFormat.Zstd => ZstdCodec.OfLevel(Level),
        _ => null,
    };

    /// <summary>
    /// Everything that the compressed bytes depend on besides the input: codec, level, how the input is cut, and which
    /// implementation compresses.
    /// </summary>
    internal string Identity => Codec is { } codec
        ? string.Create(CultureInfo.InvariantCulture, $"{Name} {Level} {BlockPipeline.BlockSize} {codec.Fingerprint}")
        : Name;

    /// <summary>Whether the layer's tar archive has a file that depends on how it was compressed.</summary>
    internal bool HasTableInArchive => (Format, IsSeekable) is (LayerFormat.Gzip, true);

    /// <summary>The annotations that such a layer's descriptor has to have.</summary>
    internal IReadOnlyList<string> AnnotationKeys => (Format, IsSeekable) switch
    {
        (LayerFormat.Gzip, true) => [EStargzFormat.DigestKey, EStargzFormat.SizeKey],
        (LayerFormat.Zstd, true) => [ZstdChunkedFormat.ChecksumKey, ZstdChunkedFormat.PositionKey, ZstdChunkedFormat.TarSplitKey],
        _ => [],
    };

    private string Name => (Format, IsSeekable) switch
    {
        (LayerFormat.Gzip, false) => "gzip",
        (LayerFormat.Gzip, true) => "estargz",
        (LayerFormat.Zstd, false) => "zstd",
        (LayerFormat.Zstd, true) => "zstd:chunked",
        _ => "none",
    };

    /// <summary>Makes what adds the table of contents to one layer; null where there is none.</summary>
    internal SeekableFormat? CreateSeekableFormat() => (Format, IsSeekable) switch
    {
        (LayerFormat.Gzip, true) => new EStargzFormat(),
        (LayerFormat.Zstd, true) => new ZstdChunkedFormat(Level),
        _ => null,
    };

    /// <summary>Layers are gzipped at a level from 1, fast, to 9, small.</summary>
    /// <exception cref="ImageException">There is no such level.</exception>
    public static LayerCompression GzipAt(int level) => Gzip.AtLevel(level);

    /// <summary>Layers are packed with zstd at a level from 1, fast, to 19, small.</summary>
    /// <exception cref="ImageException">There is no such level.</exception>
    public static LayerCompression ZstdAt(int level) => Zstd.AtLevel(level);

    /// <summary>
    /// Reads <c>none</c>, <c>gzip</c>, <c>zstd</c>, <c>estargz</c> or <c>zstd:chunked</c>; all but the first may have
    /// <c>:LEVEL</c> at the end.
    /// </summary>
    /// <exception cref="ImageException">The text is none of them.</exception>
    public static LayerCompression Parse(string text) => TryParse(text, out var compression)
        ? compression
        : throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a compression of layers, or has no such level. {Forms}");

    /// <summary>Reads what <see cref="Parse"/> reads; false where it would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LayerCompression compression)
    {
        foreach (var known in (ReadOnlySpan<LayerCompression>)[None, ZstdChunked, Zstd, EStargz, Gzip])
        {
            compression = known;
            if (text == known.Name)
            {
                return true;
            }

            if (text?.StartsWith($"{known.Name}:", StringComparison.Ordinal) == true)
            {
                var digits = text.AsSpan(known.Name.Length + 1);
                var isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var level) && digits[0] != '0';
                compression = new(known.Format, level, known.IsSeekable);
                return isNumber && level <= known.MaxLevel;
            }
        }

        compression = None;
        return false;
    }

    /// <summary>The same at another level.</summary>
    /// <exception cref="ImageException">There is no such level.</exception>
    public LayerCompression AtLevel(int level) => level >= Math.Min(1, MaxLevel) && level <= MaxLevel
        ? new(Format, level, IsSeekable)
        : throw new ImageException(
            NixErrorCodes.InvalidImageOptions,
            $"{Name} has no level {level}. Choose one from 1, fast, to {MaxLevel}, small.");

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Format == LayerFormat.Tar ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Level}");

    private int MaxLevel => Format switch
    {
        LayerFormat.Gzip => 9,
        LayerFormat.Zstd => MaxZstdLevel,
        _ => 0,
    };
}
