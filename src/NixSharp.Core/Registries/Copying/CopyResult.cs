using NixSharp.Images.Oci;

namespace NixSharp.Registries.Copying;

/// <summary>What a copy did.</summary>
public sealed record CopyResult
{
    /// <summary>Where the copy is.</summary>
    public required ImageReference Reference { get; init; }

    /// <summary>The digest of its manifest or index: that of the original.</summary>
    public required OciDigest Digest { get; init; }

    /// <summary>What became of each blob that was looked at, configurations included.</summary>
    public IReadOnlyList<PushedLayer> Blobs { get; init; } = [];

    /// <summary>Whether it was there already, so that nothing was sent.</summary>
    public bool Unchanged { get; init; }

    /// <summary>The bytes that were sent, repeated attempts included.</summary>
    public long BytesUploaded { get; init; }
}
