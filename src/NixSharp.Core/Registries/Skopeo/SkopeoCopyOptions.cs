using System.Globalization;

namespace NixSharp.Registries.Skopeo;

/// <summary>How skopeo copies an image.</summary>
public sealed record SkopeoCopyOptions : SkopeoTransferOptions
{
    /// <summary>Which images of an index are copied.</summary>
    public SkopeoImageSelection Images { get; init; }

    /// <summary>More names for the image, for <c>docker-archive:</c> only.</summary>
    public IReadOnlyList<string> AdditionalTags { get; init; } = [];

    /// <summary>Compresses layers where they come to lie in <c>dir:</c>.</summary>
    public bool Compress { get; init; }

    /// <summary>Unpacks layers where they come to lie in <c>dir:</c>.</summary>
    public bool Decompress { get; init; }

    /// <summary>How layers are compressed that are not, such as <c>gzip</c> or <c>zstd</c>.</summary>
    public string? CompressionFormat { get; init; }

    /// <summary>How hard they are compressed; what the numbers mean depends on the format.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Leaves layers in <c>oci:</c> as plain tar archives that came as such.</summary>
    public bool AcceptUncompressedLayers { get; init; }

    /// <summary>Digests layers before they are sent, so that none is sent that the registry has.</summary>
    public bool PrecomputeDigests { get; init; }

    /// <summary>The name that is signed; null signs that of the destination.</summary>
    public string? SignIdentity { get; init; }

    /// <summary>Keys to decrypt layers with, as skopeo names them. Files: <c>/path/to/key.pem</c>.</summary>
    public IReadOnlyList<string> DecryptionKeys { get; init; } = [];

    /// <summary>Keys to encrypt layers with, as skopeo names them: <c>jwe:/path/to/key.pem</c>.</summary>
    public IReadOnlyList<string> EncryptionKeys { get; init; } = [];

    /// <summary>The layers that are encrypted, from 0, or from -1 downwards; none stands for all.</summary>
    public IReadOnlyList<int> EncryptLayers { get; init; } = [];

    /// <summary>The most layers that are on their way at one time. Newer than skopeo 1.9.</summary>
    public int? ParallelCopies { get; init; }

    internal void AddAllTo(SkopeoArguments arguments)
    {
        AddTo(arguments);
        arguments
            .Add("--all", Images == SkopeoImageSelection.All)
            .Add("--multi-arch", Images == SkopeoImageSelection.IndexOnly ? "index-only" : null)
            .Add("--additional-tag", AdditionalTags)
            .Add("--dest-compress", Compress)
            .Add("--dest-decompress", Decompress)
            .Add("--dest-compress-format", CompressionFormat)
            .Add("--dest-compress-level", CompressionLevel)
            .Add("--dest-oci-accept-uncompressed-layers", AcceptUncompressedLayers)
            .Add("--dest-precompute-digests", PrecomputeDigests)
            .Add("--sign-identity", SignIdentity)
            .Add("--decryption-key", DecryptionKeys)
            .Add("--encryption-key", EncryptionKeys)
            .Add("--encrypt-layer", EncryptLayers.Select(static layer => layer.ToString(CultureInfo.InvariantCulture)))
            .Add("--image-parallel-copies", ParallelCopies);
    }
}
