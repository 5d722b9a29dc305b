using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace NixSharp.SupplyChain.Signing;

/// <summary>NaCl's <c>secretbox</c>: XSalsa20 and Poly1305. For key files; not made for bulk.</summary>
internal static class SecretBox
{
    public const int KeySize = 32;
    public const int NonceSize = 24;
    public const int TagSize = 16;

    private static readonly BigInteger Prime = (BigInteger.One << 130) - 5;
    private static readonly BigInteger Clamp = BigInteger.Parse("0ffffffc0ffffffc0ffffffc0fffffff", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The tag, and behind it the encrypted message.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> message, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        var stream = KeyStream(nonce, key, KeySize + message.Length);
        var box = new byte[TagSize + message.Length];
        Mix(message, stream, box.AsSpan(TagSize));
        Authenticate(box.AsSpan(TagSize), stream.AsSpan(0, KeySize)).CopyTo(box, 0);
        return box;
    }

    /// <summary>The message; null where the key or the box is another one.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> box, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        if (box.Length < TagSize)
        {
            return null;
        }

        var sealedMessage = box[TagSize..];
        var stream = KeyStream(nonce, key, KeySize + sealedMessage.Length);
        if (!CryptographicOperations.FixedTimeEquals(Authenticate(sealedMessage, stream.AsSpan(0, KeySize)), box[..TagSize]))
        {
            return null;
        }

        var message = new byte[sealedMessage.Length];
        Mix(sealedMessage, stream, message);
        return message;
    }

    private static void Mix(ReadOnlySpan<byte> input, byte[] stream, Span<byte> output)
    {
        for (var i = 0; i < input.Length; i++)
        {
            output[i] = (byte)(input[i] ^ stream[KeySize + i]);
        }
    }

    private static byte[] KeyStream(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, int length)
    {
        var subkey = Salsa20.Hash(key, nonce[..16]);
        var stream = new byte[length];
        Salsa20.Fill(stream, subkey, nonce[16..]);
        return stream;
    }

    private static byte[] Authenticate(ReadOnlySpan<byte> message, ReadOnlySpan<byte> key)
    {
        var r = new BigInteger(key[..16], isUnsigned: true) & Clamp;
        var sum = BigInteger.Zero;
        Span<byte> block = stackalloc byte[17];
        for (; !message.IsEmpty; message = message[Math.Min(16, message.Length)..])
        {
            var count = Math.Min(16, message.Length);
            message[..count].CopyTo(block);
            block[count] = 1;
            sum = (sum + new BigInteger(block[..(count + 1)], isUnsigned: true)) * r % Prime;
        }

        sum += new BigInteger(key[16..], isUnsigned: true);
        var tag = new byte[TagSize];
        BinaryPrimitives.WriteUInt128LittleEndian(tag, (UInt128)(sum & UInt128.MaxValue));
        return tag;
    }
}
