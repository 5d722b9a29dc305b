using NixSharp.Hashing;
using NixSharp.Stores;

namespace NixSharp.NarInfos;

/// <summary>What a binary cache says of one path: the path info, and where its NAR is and how it is compressed.</summary>
public sealed partial record NarInfo
{
    /// <summary>The most bytes that a narinfo may have; the largest on record has a tenth of that.</summary>
    public const int MaxSize = 16 * 1024 * 1024;

    /// <summary>The media type of narinfos.</summary>
    public const string MediaType = "text/x-nix-narinfo";

    /// <summary>What is known of the path. A narinfo holds no registration time, and no trust.</summary>
    public required PathInfo PathInfo { get; init; }

    /// <summary>Where the compressed NAR is, relative to the cache's root. A stranger's word: it may lead anywhere.</summary>
    public required string Url { get; init; }

    /// <summary>How the NAR is compressed: <c>none</c>, <c>xz</c>, <c>zstd</c>, or another word that a cache may use.</summary>
    public string Compression { get; init; } = "none";

    /// <summary>The hash of the compressed NAR, where that is known.</summary>
    public NixHash? FileHash { get; init; }

    /// <summary>The size of the compressed NAR in bytes, where that is known.</summary>
    public long? FileSize { get; init; }

    /// <summary>The system that the path was built for, which old caches state.</summary>
    public string? System { get; init; }
}
