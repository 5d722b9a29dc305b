using NixSharp.Compression;
using NixSharp.NarInfos;

namespace NixSharp.Stores.Serving;

/// <summary>How a store is served as a binary cache.</summary>
public sealed record CacheServerOptions
{
    /// <summary>How NARs are compressed on their way out.</summary>
    public NarCompression Compression { get; init; } = NarCompression.Zstd;

    /// <summary>The level of <see cref="Compression"/>; null takes its default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>The lower, the earlier clients ask this cache; the public cache of NixOS has 40.</summary>
    public int Priority { get; init; } = 30;

    /// <summary>Whether clients may ask for many paths at a time.</summary>
    public bool WantMassQuery { get; init; } = true;

    /// <summary>Keys that sign what is served, besides the signatures that the store has.</summary>
    public IReadOnlyList<SecretKey> SecretKeys { get; init; } = [];

    /// <summary>Who may read and upload; null lets everyone.</summary>
    public CacheUsers? Users { get; init; }

    /// <summary>Whether reading needs no password, even where <see cref="Users"/> are set.</summary>
    public bool AnonymousReading { get; init; }

    /// <summary>Whether paths may be uploaded.</summary>
    public bool AllowUploads { get; init; }

    /// <summary>
    /// The keys of which one must have signed an uploaded path that is not content-addressed; null takes paths without
    /// signatures. Hashes and sizes are checked in any case.
    /// </summary>
    public TrustedKeys? UploadKeys { get; init; } = TrustedKeys.None;

    /// <summary>Where uploads lie until they are whole and checked; a new folder in the system's temporary one unless given.</summary>
    public string? UploadFolder { get; init; }

    /// <summary>The most bytes that all uploads together may take before they are checked.</summary>
    public long MaxUploadSize { get; init; } = 64L * 1024 * 1024 * 1024;
}
