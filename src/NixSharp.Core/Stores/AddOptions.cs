using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>How something is added to a store. The defaults are those of <c>nix-store --add</c>.</summary>
public sealed record AddOptions
{
    /// <summary>The defaults.</summary>
    public static AddOptions Default { get; } = new();

    /// <summary>How files become the bytes that are hashed.</summary>
    public FileIngestionMethod Method { get; init; } = FileIngestionMethod.Recursive;

    /// <summary>The hash of those bytes.</summary>
    public NixHashAlgorithm Algorithm { get; init; } = NixHashAlgorithm.Sha256;

    /// <summary>
    /// The valid paths that the object may refer to. Those whose hash part is found in its bytes become its references.
    /// </summary>
    public IReadOnlyCollection<StorePath> ReferenceCandidates { get; init; } = [];

    /// <summary>Told how many bytes are hashed and copied.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
