using System.Security.Cryptography;

namespace NixSharp.GitOps.Secrets;

/// <summary>What age decrypts with: an X25519 private key. Its text is secret, and comes out by <see cref="Reveal"/> alone.</summary>
public sealed class AgeIdentity
{
    private const string Prefix = "age-secret-key-";
    private readonly string _text;

    private AgeIdentity(string text) => _text = text;

    /// <summary>The identity of an ed25519 key's owner.</summary>
    /// <param name="pem">The text of an OpenSSH private key without a passphrase.</param>
    /// <exception cref="GitOpsException">It is no such key; the message says nothing of what is in it.</exception>
    public static AgeIdentity FromSshPrivateKey(string pem)
    {
        var seed = SshPrivateKey.ReadEd25519Seed(pem);
        Span<byte> expanded = stackalloc byte[SHA512.HashSizeInBytes];
        try
        {
            SHA512.HashData(seed, expanded);
            return new AgeIdentity(Bech32.Encode(Prefix, expanded[..32]).ToUpperInvariant());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(expanded);
        }
    }

    /// <summary><c>AGE-SECRET-KEY-1...</c>, for a file that only its owner reads.</summary>
    public string Reveal() => _text;

    /// <summary>Nothing of the key.</summary>
    public override string ToString() => "AGE-SECRET-KEY-***";
}
