using System.Numerics;

namespace NixSharp.GitOps.Secrets;

/// <summary>The map from the Edwards form of the curve, in which keys sign, to the Montgomery form, in which they encrypt.</summary>
internal static class Curve25519
{
    private const int Size = 32;
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));

    /// <summary>The Montgomery form of a public key: u = (1 + y) / (1 - y), RFC 7748; null where the bytes are no point that can be mapped.</summary>
    public static byte[]? ToMontgomery(ReadOnlySpan<byte> edwards)
    {
        // The top bit is the sign of x, which the map does not need.
        Span<byte> bytes = stackalloc byte[Size];
        edwards.CopyTo(bytes);
        bytes[^1] &= 0x7f;
        var y = new BigInteger(bytes, isUnsigned: true);
        if (y >= Prime || y.IsOne || !IsOnCurve(y))
        {
            return null;
        }

        var u = Mod((1 + y) * Inverse(Mod(1 - y)));
        var result = new byte[Size];
        u.TryWriteBytes(result, out _, isUnsigned: true);
        return result;
    }

    /// <summary>Whether some x belongs to this y: x² = (y² - 1) / (d y² + 1) has a root.</summary>
    private static bool IsOnCurve(BigInteger y)
    {
        var square = Mod(y * y);
        var x = Mod((square - 1) * Inverse(Mod((D * square) + 1)));
        return x.IsZero || BigInteger.ModPow(x, (Prime - 1) / 2, Prime).IsOne;
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, Prime - 2, Prime);

    private static BigInteger Mod(BigInteger value) => ((value % Prime) + Prime) % Prime;
}
