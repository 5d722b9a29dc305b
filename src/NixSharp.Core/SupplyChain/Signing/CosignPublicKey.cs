using System.Security.Cryptography;
using NixSharp.NarInfos;

namespace NixSharp.SupplyChain.Signing;

/// <summary>A public key that checks signatures of images: ECDSA on P-256, in PEM, as cosign and <c>openssl</c> write it.</summary>
public sealed class CosignPublicKey : IDisposable
{
    private const string Label = "PUBLIC KEY";
    private readonly ECDsa _key;

    private CosignPublicKey(ECDsa key)
    {
        _key = key;
        Id = $"SHA256:{Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))}";
    }

    /// <summary>The digest of the key, by which people tell keys apart.</summary>
    public string Id { get; }

    /// <summary>Reads a key.</summary>
    /// <exception cref="SupplyChainException">The text is no such key.</exception>
    public static CosignPublicKey Parse(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (!PemEncoding.TryFind(pem, out var fields) || pem.AsSpan()[fields.Label] is not Label)
        {
            throw Invalid("it has no PEM block '-----BEGIN PUBLIC KEY-----'");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return CosignKey.IsP256(key) ? new CosignPublicKey(key) : throw Invalid("it is on another curve than P-256");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or SupplyChainException)
        {
            key.Dispose();
            throw error as SupplyChainException ?? Invalid("its bytes are no ECDSA key", error);
        }
    }

    /// <summary>Reads the key that a file holds.</summary>
    /// <exception cref="SupplyChainException">The file holds no such key.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<CosignPublicKey> ReadAsync(string file, CancellationToken cancellationToken = default) =>
        Parse(await KeyFile.ReadAsync(file, cancellationToken).ConfigureAwait(false));

    /// <summary>Whether a signature, DER, is this key's of the SHA-256 of some bytes.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        _key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The key in PEM.</summary>
    public string Export() => $"{_key.ExportSubjectPublicKeyInfoPem()}\n";

    /// <summary>Lets go of the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The digest of the key.</summary>
    public override string ToString() => Id;

    private static SupplyChainException Invalid(string why, Exception? error = null) => new(
        NixErrorCodes.InvalidSigningKey,
        $"The public key cannot be used: {why}. It should be what 'nixsharp image generate-key', 'cosign generate-key-pair' or 'openssl pkey -pubout' writes.",
        error);
}
