using System.Security.Cryptography;

namespace NixSharp.Stores.Caches;

/// <summary>SHA-256 as servers want it.</summary>
internal static class CacheDigest
{
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
