using System.Security.Cryptography;

namespace NixSharp.GitOps.Secrets;

/// <summary>Private keys of OpenSSH, in the form that it writes since 2014 (<c>PROTOCOL.key</c>). No error says what is in a key.</summary>
internal static class SshPrivateKey
{
    private const int MaxLength = 64 * 1024;
    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string End = "-----END OPENSSH PRIVATE KEY-----";

    /// <summary>The 32 bytes that an ed25519 key is made of; the caller wipes them.</summary>
    public static byte[] ReadEd25519Seed(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        var begin = pem.IndexOf(Begin, StringComparison.Ordinal);
        var end = pem.IndexOf(End, StringComparison.Ordinal);
        if (pem.Length > MaxLength || begin < 0 || end < begin)
        {
            throw Invalid(pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? "it is an old, encrypted form" : $"it does not begin with '{Begin}'");
        }

        var text = string.Concat(pem[(begin + Begin.Length)..end].Where(static c => !char.IsWhiteSpace(c)));
        var bytes = new byte[text.Length];
        try
        {
            return Convert.TryFromBase64String(text, bytes, out var count) ? ReadSeed(bytes.AsSpan(0, count)) : throw Invalid("its middle is no base 64");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] ReadSeed(ReadOnlySpan<byte> bytes)
    {
        var magic = "openssh-key-v1\0"u8;
        var wire = new SshWire(bytes.StartsWith(magic) ? bytes[magic.Length..] : []);
        if (!wire.TryReadString(out var cipher) || !wire.TryReadString(out var derivation) || !wire.TryReadString(out _) ||
            !wire.TryReadNumber(out var count) || !wire.TryReadString(out _) || !wire.TryReadString(out var section))
        {
            throw Invalid("it is damaged");
        }

        if (!cipher.SequenceEqual("none"u8) || !derivation.SequenceEqual("none"u8))
        {
            throw Invalid("it is encrypted with a passphrase; copy it, and take the passphrase of the copy away with 'ssh-keygen -p -N \"\" -f COPY'");
        }

        return count == 1 ? ReadSection(section) : throw Invalid($"the file holds {count} keys");
    }

    private static byte[] ReadSection(ReadOnlySpan<byte> section)
    {
        var wire = new SshWire(section);
        if (!wire.TryReadNumber(out var check) || !wire.TryReadNumber(out var again) || check != again || !wire.TryReadString(out var type))
        {
            throw Invalid("it is damaged");
        }

        if (!type.SequenceEqual("ssh-ed25519"u8))
        {
            throw Invalid("it is of another type than ed25519, and age has only that in common with SSH");
        }

        // The key is the seed, and the public key once more behind it.
        return wire.TryReadString(out var open) && wire.TryReadString(out var key) && wire.TryReadString(out _) &&
            open.Length == 32 && key.Length == 64 && key[32..].SequenceEqual(open) && IsPadding(wire.Rest)
                ? key[..32].ToArray()
                : throw Invalid("it is damaged");
    }

    private static bool IsPadding(ReadOnlySpan<byte> rest)
    {
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] != (byte)(i + 1))
            {
                return false;
            }
        }

        return true;
    }

    private static GitOpsException Invalid(string why) => new(
        NixErrorCodes.InvalidSshKey,
        $"The SSH key cannot be turned into an identity of age: {why}. Take the contents of a file such as id_ed25519 or /etc/ssh/ssh_host_ed25519_key.",
        "");
}
