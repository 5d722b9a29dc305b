using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NixSharp.Compression;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>How the layers of an image are compressed.</summary>
public readonly record struct LayerCompression
{
    /// <summary>The level that compresses as well as Go's tools do by default, in about half the time of its next.</summary>
    public const int DefaultGzipLevel = 3;

    private LayerCompression(int level)
    {
        GzipLevel = level;
    }

    /// <summary>Layers are plain tar archives.</summary>
    public static LayerCompression None => default;

    /// <summary>Layers are gzipped at <see cref="DefaultGzipLevel"/>.</summary>
    public static LayerCompression Gzip => new(DefaultGzipLevel);

    /// <summary>The level from 1, fast, to 9, small; 0 where layers are not compressed.</summary>
    public int GzipLevel { get; }

    /// <summary>The media type of such a layer.</summary>
    public string MediaType => GzipLevel == 0 ? OciMediaTypes.Layer : OciMediaTypes.LayerGzip;

    internal GzipCodec? Codec => GzipLevel == 0 ? null : GzipCodec.OfLevel(GzipLevel);

    /// <summary>
    /// Everything that the compressed bytes depend on besides the input: the codec, its level, how the input is cut,
    /// and which deflate implementation this runtime has.
    /// </summary>
    internal string Identity => Codec is { } codec
        ? string.Create(CultureInfo.InvariantCulture, $"gzip {codec.Level} {GzipCodec.BlockSize} {codec.Fingerprint}")
        : "none";

    /// <summary>Layers are gzipped at a level from 1, fast, to 9, small.</summary>
    /// <exception cref="ImageException">There is no such level.</exception>
    public static LayerCompression GzipAt(int level) => level is >= 1 and <= 9
        ? new(level)
        : throw new ImageException(
            NixErrorCodes.InvalidImageOptions,
            $"gzip has no level {level}. Choose one from 1, fast, to 9, small.");

    /// <summary>Reads <c>none</c>, <c>gzip</c> or <c>gzip:LEVEL</c>.</summary>
    /// <exception cref="ImageException">The text is none of them.</exception>
    public static LayerCompression Parse(string text) => TryParse(text, out var compression)
        ? compression
        : throw new ImageException(
            NixErrorCodes.InvalidImageOptions,
            $"'{text}' is not a compression of layers. Give 'none', 'gzip', or 'gzip:LEVEL' with a level from 1 to 9.");

    /// <summary>Reads what <see cref="Parse"/> reads; false where it would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LayerCompression compression)
    {
        compression = text switch
        {
            "gzip" => Gzip,
            ['g', 'z', 'i', 'p', ':', >= '1' and <= '9' and var level] => new(level - '0'),
            _ => None,
        };
        return compression != None || text == "none";
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => GzipLevel == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"gzip:{GzipLevel}");
}
