using NixSharp.Images.Tar;

namespace NixSharp.Images.Seekable;

/// <summary>An entry of a tar archive, and the pieces that its contents were compressed in.</summary>
internal sealed record SeekableEntry(string Name, TarEntryType Type)
{
    public string Link { get; init; } = "";

    public long Size { get; init; }

    public long Mode { get; init; }

    public long Owner { get; init; }

    public long Group { get; init; }

    public long Time { get; init; }

    /// <summary>The digest of the contents; null where there are none.</summary>
    public string? Digest { get; set; }

    /// <summary>The blocks that the contents are in, one behind the other.</summary>
    public List<SeekableChunk> Chunks { get; } = [];
}
