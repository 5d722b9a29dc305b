using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>The key derivation function scrypt (RFC 7914) by OpenSSL 3.</summary>
internal static partial class Scrypt
{
    private const ulong MaxMemory = 512UL << 20;

    /// <summary>Fills <paramref name="key"/>; false where OpenSSL does not do it with these parameters.</summary>
    public static bool TryDerive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ulong cost, ulong blockSize, ulong parallelism, Span<byte> key)
    {
        SystemLibrary.Crypto.EnsureLoaded();
        if (Derive(password, (nuint)password.Length, salt, (nuint)salt.Length, cost, blockSize, parallelism, MaxMemory, key, (nuint)key.Length) == 1)
        {
            return true;
        }

        ClearErrors();
        return false;
    }

    [LibraryImport(SystemLibrary.CryptoName, EntryPoint = "EVP_PBE_scrypt")]
    private static partial int Derive(
        ReadOnlySpan<byte> password,
        nuint passwordSize,
        ReadOnlySpan<byte> salt,
        nuint saltSize,
        ulong cost,
        ulong blockSize,
        ulong parallelism,
        ulong maxMemory,
        Span<byte> key,
        nuint keySize);

    [LibraryImport(SystemLibrary.CryptoName, EntryPoint = "ERR_clear_error")]
    private static partial void ClearErrors();
}
