using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores.Caches;

namespace NixSharp.Stores;

/// <summary>How a store is opened.</summary>
public sealed record StoreOptions
{
    /// <summary>The defaults.</summary>
    public static StoreOptions Default { get; } = new();

    /// <summary>The logical store directory.</summary>
    public StoreDirectory StoreDirectory { get; init; } = StoreDirectory.Default;

    /// <summary>Whether files reach the disk before their path becomes valid, so that a power cut cannot damage it.</summary>
    public bool SyncBeforeRegistering { get; init; } = true;

    /// <summary>How binary caches are talked to, and what is remembered of them.</summary>
    public CacheOptions Caches { get; init; } = CacheOptions.Default;

    /// <summary>The keys whose signatures count; null for those of <c>nix.conf</c>, or else that of cache.nixos.org.</summary>
    public TrustedKeys? TrustedKeys { get; init; }

    /// <summary>
    /// Whether paths from elsewhere must be signed by a trusted key, or be content-addressed: <c>require-sigs</c>; null for what
    /// <c>nix.conf</c> says, or else yes.
    /// </summary>
    public bool? RequireSignatures { get; init; }

    /// <summary>The parameters of the URI that the store is opened by, such as <c>trusted</c> and <c>priority</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}
