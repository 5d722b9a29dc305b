using System.Security.Cryptography;
using NixSharp.Derivations;
using NixSharp.Native;
using NixSharp.Stores;

namespace NixSharp.NarInfos;

/// <summary>
/// A key that makes signatures, <c>name:base64(seed + public key)</c>, as <c>nix key generate-secret</c> prints it.
/// Only <see cref="Export"/> shows it.
/// </summary>
public sealed class SecretKey
{
    private readonly byte[] _seed;
    private readonly byte[] _publicKey;

    private SecretKey(string name, byte[] seed, byte[] publicKey)
    {
        Name = name;
        _seed = seed;
        _publicKey = publicKey;
    }

    /// <summary>The key's name, such as <c>cache.example.org-1</c>.</summary>
    public string Name { get; }

    /// <summary>Makes a new key.</summary>
    /// <param name="name">A name that says whose key it is, and which: by custom a domain, a dash and a number.</param>
    /// <exception cref="NixFormatException">The name is empty, or has a colon or white space.</exception>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public static SecretKey Generate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!KeyText.IsName(name))
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidKey,
                $"'{name}' cannot be a key's name: it is empty, too long, or has a colon or white space. Choose one such as cache.example.org-1.");
        }

        var seed = RandomNumberGenerator.GetBytes(Ed25519.SeedSize);
        return new SecretKey(name, seed, Ed25519.GetPublicKey(seed));
    }

    /// <summary>Reads <c>name:base64</c>; white space around it, such as a file's line break, does not count.</summary>
    /// <exception cref="NixFormatException">The text is something else. The message does not repeat it.</exception>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public static SecretKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!KeyText.TryRead(text.AsSpan().Trim(), Ed25519.SeedSize + Ed25519.PublicKeySize, out var name, out var bytes, out var why))
        {
            throw Invalid(why);
        }

        var (seed, publicKey) = (bytes[..Ed25519.SeedSize], bytes[Ed25519.SeedSize..]);
        CryptographicOperations.ZeroMemory(bytes);
        return Ed25519.GetPublicKey(seed).AsSpan().SequenceEqual(publicKey)
            ? new SecretKey(name, seed, publicKey)
            : throw Invalid("its two halves do not belong together");
    }

    /// <summary>Reads the key that a file holds.</summary>
    /// <exception cref="NixFormatException">The file holds something else.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<SecretKey> ReadAsync(string file, CancellationToken cancellationToken = default) =>
        Parse(await KeyFile.ReadAsync(file, cancellationToken).ConfigureAwait(false));

    /// <summary>Reads a key from the file or the environment variable that a build names; its value is never a setting itself.</summary>
    /// <param name="file">The file, or null.</param>
    /// <param name="variable">The name of the variable, or null.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <exception cref="NixConfigurationException">Neither is named, or both are, or the variable is not set.</exception>
    /// <exception cref="NixFormatException">There is something else than a key.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<SecretKey> ReadAsync(string? file, string? variable, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrEmpty(file) == string.IsNullOrEmpty(variable))
        {
            throw new NixConfigurationException(
                NixErrorCodes.SettingMissing,
                "The secret key that signs is not named. Name either its file, or the environment variable that holds it.");
        }

        return string.IsNullOrEmpty(variable) ? await ReadAsync(file!, cancellationToken).ConfigureAwait(false)
            : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? Parse(text)
            : throw new NixConfigurationException(
                NixErrorCodes.CredentialVariableMissing,
                $"The environment variable {variable}, which should hold the secret key, is not set. Set it, or name the file of the key.");
    }

    /// <summary>Signs the bytes of a text.</summary>
    public Signature Sign(string message) => Sign(KeyText.ToBytes(message));

    /// <summary>Signs some bytes.</summary>
    public Signature Sign(ReadOnlySpan<byte> message) => Signature.Of(Name, Ed25519.Sign(_seed, message));

    /// <summary>Signs what is known of a path: its <see cref="Fingerprint"/>.</summary>
    public Signature Sign(PathInfo info) => Sign(Fingerprint.Of(info));

    /// <summary>Signs what an output became.</summary>
    public Signature Sign(Realisation realisation) => Sign(Fingerprint.Of(realisation));

    /// <summary>Signs what an output became.</summary>
    public Signature Sign(BuildTraceEntry entry) => Sign(Fingerprint.Of(entry));

    /// <summary>The key that checks this one's signatures.</summary>
    public PublicKey ToPublicKey() => new(Name, _publicKey);

    /// <summary>The key in Nix's form. Keep it secret.</summary>
    public string Export() => KeyText.Write(Name, [.. _seed, .. _publicKey]);

    /// <summary>The name, and nothing that is secret.</summary>
    public override string ToString() => $"{Name} (secret key)";

    private static NixFormatException Invalid(string why) => new(
        NixErrorCodes.InvalidKey,
        $"This is not a secret key: {why}. It should look like cache.example.org-1:<base64 of 64 bytes>, as 'nixsharp key generate' prints it.");
}
