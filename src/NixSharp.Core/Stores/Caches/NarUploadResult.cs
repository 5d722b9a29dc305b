using NixSharp.Hashing;

namespace NixSharp.Stores.Caches;

/// <summary>What a NAR and its file turned out to be.</summary>
internal sealed record NarUploadResult(NixHash NarHash, long NarSize, NixHash FileHash, long FileSize)
{
    /// <summary>The name that the file gets: Nix's own.</summary>
    public required string Url { get; init; }
}
