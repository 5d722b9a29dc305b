namespace NixSharp.Registries.Skopeo;

/// <summary>What copying one image and synchronising many have in common.</summary>
public abstract record SkopeoTransferOptions
{
    private protected SkopeoTransferOptions()
    {
    }

    /// <summary>How the source is got at.</summary>
    public SkopeoEndpoint Source { get; init; } = new();

    /// <summary>How the destination is got at.</summary>
    public SkopeoEndpoint Destination { get; init; } = new();

    /// <summary>The form of the manifest; null keeps it, where the destination takes it.</summary>
    public SkopeoManifestFormat? Format { get; init; }

    /// <summary>Fails rather than change the digest of an image or index.</summary>
    public bool PreserveDigests { get; init; }

    /// <summary>Leaves signatures behind.</summary>
    public bool RemoveSignatures { get; init; }

    /// <summary>The fingerprint of the GPG key that signs the copy.</summary>
    public string? SignBy { get; init; }

    /// <summary>A file of sigstore parameters that sign the copy. Newer than skopeo 1.9.</summary>
    public string? SignBySigstore { get; init; }

    /// <summary>A file with the sigstore private key that signs the copy.</summary>
    public string? SignBySigstorePrivateKey { get; init; }

    /// <summary>A file with the passphrase of the key that signs.</summary>
    public string? SignPassphraseFile { get; init; }

    /// <summary>How often skopeo itself repeats what failed, within one run.</summary>
    public int? RetryTimes { get; init; }

    /// <summary>The wait between those repetitions; null doubles it each time. Newer than skopeo 1.9.</summary>
    public TimeSpan? RetryInterval { get; init; }

    private protected void AddTo(SkopeoArguments arguments) => arguments
        .Add("--format", Format switch
        {
            null => null,
            SkopeoManifestFormat.Oci => "oci",
            SkopeoManifestFormat.Docker => "v2s2",
            _ => "v2s1",
        })
        .Add("--preserve-digests", PreserveDigests)
        .Add("--remove-signatures", RemoveSignatures)
        .Add("--sign-by", SignBy)
        .Add("--sign-by-sigstore", SignBySigstore)
        .Add("--sign-by-sigstore-private-key", SignBySigstorePrivateKey)
        .Add("--sign-passphrase-file", SignPassphraseFile)
        .Add("--retry-times", RetryTimes)
        .Add("--retry-delay", RetryInterval);
}
