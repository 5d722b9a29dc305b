using System.Security.Cryptography;
using NixSharp.NarInfos;

namespace NixSharp.SupplyChain.Signing;

/// <summary>
/// A private key that signs images: ECDSA on P-256, in PEM. Read unencrypted (PKCS#8 or SEC 1, as <c>openssl</c> writes
/// them), in encrypted PKCS#8, and as <c>cosign generate-key-pair</c> encrypts them. Only <see cref="Export"/> shows it.
/// </summary>
public sealed class CosignKey : IDisposable
{
    private readonly ECDsa _key;

    private CosignKey(ECDsa key)
    {
        _key = key;
    }

    /// <summary>Makes a new key.</summary>
    public static CosignKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key.</summary>
    /// <param name="pem">The PEM text.</param>
    /// <param name="password">The password that it is encrypted with; null where it is not.</param>
    /// <exception cref="SupplyChainException">The text is no such key, or the password does not open it. The message repeats neither.</exception>
    public static CosignKey Parse(string pem, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (!PemEncoding.TryFind(pem, out var fields))
        {
            throw Invalid("it has no PEM block such as '-----BEGIN PRIVATE KEY-----'");
        }

        var label = pem[fields.Label];
        var isEncrypted = label.StartsWith("ENCRYPTED ", StringComparison.Ordinal);
        if (isEncrypted && password is null)
        {
            throw Invalid("it is encrypted, and no password was given. Set the environment variable COSIGN_PASSWORD");
        }

        var key = ECDsa.Create();
        try
        {
            switch (label)
            {
                case EncryptedKey.Label or EncryptedKey.OldLabel:
                    var pkcs8 = EncryptedKey.Decrypt(Convert.FromBase64String(pem[fields.Base64Data]), password!, out var why) ?? throw Invalid(why);
                    key.ImportPkcs8PrivateKey(pkcs8, out _);
                    CryptographicOperations.ZeroMemory(pkcs8);
                    break;
                case "ENCRYPTED PRIVATE KEY":
                    key.ImportFromEncryptedPem(pem, password);
                    break;
                case "PRIVATE KEY" or "EC PRIVATE KEY":
                    key.ImportFromPem(pem);
                    break;
                default:
                    throw Invalid($"its PEM block is '{label}'");
            }

            return IsP256(key) ? new CosignKey(key) : throw Invalid("it is on another curve than P-256");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or FormatException or SupplyChainException)
        {
            key.Dispose();
            throw error as SupplyChainException ?? Invalid("its bytes are no ECDSA key, or the password is another one", error);
        }
    }

    /// <summary>Reads the key that a file holds.</summary>
    /// <exception cref="SupplyChainException">The file holds no such key, or the password does not open it.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<CosignKey> ReadAsync(string file, string? password = null, CancellationToken cancellationToken = default) =>
        Parse(await KeyFile.ReadAsync(file, cancellationToken).ConfigureAwait(false), password);

    /// <summary>Signs the SHA-256 of some bytes; the signature is DER, as cosign and <c>openssl dgst</c> have it.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The key that checks this one's signatures.</summary>
    public CosignPublicKey ToPublicKey() => CosignPublicKey.Parse(_key.ExportSubjectPublicKeyInfoPem());

    /// <summary>The key in PEM: encrypted as cosign does it, or plain PKCS#8 where no password is given. Keep it secret.</summary>
    public string Export(string? password = null) => password is null
        ? $"{_key.ExportPkcs8PrivateKeyPem()}\n"
        : $"{PemEncoding.WriteString(EncryptedKey.Label, EncryptedKey.Encrypt(_key.ExportPkcs8PrivateKey(), password))}\n";

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Nothing that is secret.</summary>
    public override string ToString() => "ECDSA P-256 (secret key)";

    internal static bool IsP256(ECDsa key) =>
        key.KeySize == 256 && key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value;

    private static SupplyChainException Invalid(string why, Exception? error = null) => new(
        NixErrorCodes.InvalidSigningKey,
        $"The signing key cannot be used: {why}. A key is made by 'nixsharp image generate-key', 'cosign generate-key-pair' or 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'.",
        error);
}
