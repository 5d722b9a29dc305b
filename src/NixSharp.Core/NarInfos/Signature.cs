using System.Diagnostics.CodeAnalysis;
using NixSharp.Native;

namespace NixSharp.NarInfos;

/// <summary>An ed25519 signature and the name of the key that made it: <c>name:base64</c>.</summary>
public readonly struct Signature : IEquatable<Signature>
{
    private readonly byte[]? _bytes;
    private readonly string? _keyName;

    private Signature(string keyName, byte[] bytes)
    {
        _keyName = keyName;
        _bytes = bytes;
    }

    /// <summary>The key's name.</summary>
    public string KeyName => _keyName ?? "";

    /// <summary>The 64 bytes of the signature.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Whether two signatures have the same key name and bytes.</summary>
    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    /// <summary>Whether two signatures differ in key name or bytes.</summary>
    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);

    /// <summary>Reads <c>name:base64</c>.</summary>
    /// <exception cref="NixFormatException">The text is something else.</exception>
    public static Signature Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return KeyText.TryRead(text, Ed25519.SignatureSize, out var name, out var bytes, out var why)
            ? new Signature(name, bytes)
            : throw new NixFormatException(
                NixErrorCodes.InvalidSignature,
                $"'{text}' is not a signature: {why}. It should look like cache.example.org-1:<base64>.");
    }

    /// <summary>Reads <c>name:base64</c>; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Signature signature)
    {
        var read = KeyText.TryRead(text, Ed25519.SignatureSize, out var name, out var bytes, out _);
        signature = read ? new Signature(name!, bytes) : default;
        return read;
    }

    /// <summary><c>name:base64</c>.</summary>
    public override string ToString() => KeyText.Write(KeyName, Bytes);

    /// <inheritdoc/>
    public bool Equals(Signature other) => KeyName == other.KeyName && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Signature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var code = default(HashCode);
        code.Add(KeyName);
        code.AddBytes(Bytes);
        return code.ToHashCode();
    }

    internal static Signature Of(string keyName, byte[] bytes) => new(keyName, bytes);
}
