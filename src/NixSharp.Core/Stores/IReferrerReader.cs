using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store that can be asked against the direction of references.</summary>
public interface IReferrerReader
{
    /// <summary>The valid paths that refer to <paramref name="path"/>, sorted, itself among them where it does.</summary>
    Task<IReadOnlyList<StorePath>> QueryReferrersAsync(StorePath path, CancellationToken cancellationToken = default);

    /// <summary>The derivations in the store that have <paramref name="path"/> as an output, sorted: <c>nix-store --query --valid-derivers</c>.</summary>
    Task<IReadOnlyList<StorePath>> QueryValidDeriversAsync(StorePath path, CancellationToken cancellationToken = default);

    /// <summary>The outputs of a derivation that is a valid path, by name; null where the path of one is not known yet.</summary>
    Task<IReadOnlyDictionary<string, StorePath?>> QueryDerivationOutputsAsync(StorePath derivation, CancellationToken cancellationToken = default);

    /// <summary>The valid path with a hash part, or null: <c>queryPathFromHashPart</c>.</summary>
    Task<StorePath?> QueryPathFromHashPartAsync(string hashPart, CancellationToken cancellationToken = default);
}
