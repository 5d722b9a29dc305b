using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>An index that was written to disk.</summary>
public sealed record IndexWriteResult
{
    /// <summary>The digest of the index.</summary>
    public required OciDigest Digest { get; init; }

    /// <summary>What was written of each image.</summary>
    public required IReadOnlyList<WriteResult> Images { get; init; }
}
