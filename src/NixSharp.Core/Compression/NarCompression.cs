using System.Diagnostics.CodeAnalysis;

namespace NixSharp.Compression;

/// <summary>One of the ways in which binary caches compress NARs, by Nix's name for it.</summary>
public sealed partial class NarCompression
{
    private NarCompression(string name, string fileExtension, int minLevel, int maxLevel, int defaultLevel)
    {
        Name = name;
        FileExtension = fileExtension;
        MinLevel = minLevel;
        MaxLevel = maxLevel;
        DefaultLevel = defaultLevel;
    }

    /// <summary><c>none</c>.</summary>
    public static NarCompression None { get; } = new("none", "", 0, 0, 0);

    /// <summary><c>gzip</c>; Nix gives its files no extension.</summary>
    public static NarCompression Gzip { get; } = new("gzip", "", 1, 9, 6);

    /// <summary><c>bzip2</c>, which a narinfo that names none has.</summary>
    public static NarCompression Bzip2 { get; } = new("bzip2", ".bz2", 1, 9, 9);

    /// <summary><c>xz</c>, Nix's own default.</summary>
    public static NarCompression Xz { get; } = new("xz", ".xz", 0, 9, 6);

    /// <summary><c>zstd</c>.</summary>
    public static NarCompression Zstd { get; } = new("zstd", ".zst", 1, 22, 3);

    /// <summary><c>br</c>. Nix's own default level is the highest, which takes a hundred times as long as this one.</summary>
    public static NarCompression Brotli { get; } = new("br", ".br", 0, 11, 5);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NarCompression> All { get; } = [None, Gzip, Bzip2, Xz, Zstd, Brotli];

    /// <summary>The name in narinfos and in store URIs.</summary>
    public string Name { get; }

    /// <summary>What a NAR's file name gets after <c>.nar</c>. Only the narinfo says how a file is compressed, never its name.</summary>
    public string FileExtension { get; }

    /// <summary>The fastest level.</summary>
    public int MinLevel { get; }

    /// <summary>The level that makes the smallest files.</summary>
    public int MaxLevel { get; }

    /// <summary>The level where none is asked for.</summary>
    public int DefaultLevel { get; }

    /// <summary>Finds a compression by Nix's name.</summary>
    /// <exception cref="NixFormatException">There is none of that name.</exception>
    public static NarCompression Parse(string name) => TryParse(name, out var compression)
        ? compression
        : throw new NixFormatException(
            NixErrorCodes.UnknownCompression,
            $"'{name}' is no compression that is supported. Choose one of {string.Join(", ", All)}; a file that is compressed otherwise can be copied with Nix.");

    /// <summary>Finds a compression by Nix's name; false where there is none.</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out NarCompression? compression)
    {
        compression = All.FirstOrDefault(known => known.Name == name);
        return compression is not null;
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
