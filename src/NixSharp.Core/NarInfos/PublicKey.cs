using System.Diagnostics.CodeAnalysis;
using NixSharp.Native;

namespace NixSharp.NarInfos;

/// <summary>
/// A key that checks signatures, <c>name:base64</c>, as <c>trusted-public-keys</c> of Nix's configuration holds it.
/// </summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private readonly byte[] _bytes;

    internal PublicKey(string name, byte[] bytes)
    {
        Name = name;
        _bytes = bytes;
    }

    /// <summary>The key's name, such as <c>cache.example.org-1</c>.</summary>
    public string Name { get; }

    /// <summary>The 32 bytes of the key.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads <c>name:base64</c>; white space around it does not count.</summary>
    /// <exception cref="NixFormatException">The text is something else.</exception>
    public static PublicKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return KeyText.TryRead(text.AsSpan().Trim(), Ed25519.PublicKeySize, out var name, out var bytes, out var why)
            ? new PublicKey(name, bytes)
            : throw new NixFormatException(
                NixErrorCodes.InvalidKey,
                $"This is not a public key: {why}. It should look like cache.example.org-1:<base64 of 32 bytes>, as 'nixsharp key public' prints it.");
    }

    /// <summary>Reads <c>name:base64</c>; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PublicKey? key)
    {
        key = KeyText.TryRead(text.AsSpan().Trim(), Ed25519.PublicKeySize, out var name, out var bytes, out _) ? new PublicKey(name, bytes) : null;
        return key is not null;
    }

    /// <summary>Whether <paramref name="signature"/> is of this key's name, and of the bytes of <paramref name="message"/>.</summary>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public bool Verify(string message, Signature signature) => Verify(KeyText.ToBytes(message), signature);

    /// <summary>Whether <paramref name="signature"/> is of this key's name, and of <paramref name="message"/>.</summary>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public bool Verify(ReadOnlySpan<byte> message, Signature signature) =>
        signature.KeyName == Name && Ed25519.Verify(_bytes, message, signature.Bytes);

    /// <summary><c>name:base64</c>.</summary>
    public override string ToString() => KeyText.Write(Name, _bytes);

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && Name == other.Name && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
