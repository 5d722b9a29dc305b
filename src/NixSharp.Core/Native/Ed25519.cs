using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>Ed25519 (RFC 8032) by OpenSSL 3.</summary>
internal static partial class Ed25519
{
    public const int SeedSize = 32;
    public const int PublicKeySize = 32;
    public const int SignatureSize = 64;

    private const string Library = SystemLibrary.CryptoName;
    private const int KeyType = 1087;

    /// <summary>The public key of a seed.</summary>
    public static byte[] GetPublicKey(ReadOnlySpan<byte> seed)
    {
        SystemLibrary.Crypto.EnsureLoaded();
        using var key = Check(NewPrivateKey(KeyType, 0, seed, (nuint)seed.Length));
        var bytes = new byte[PublicKeySize];
        var size = (nuint)bytes.Length;
        return GetRawPublicKey(key, bytes, ref size) == 1 ? bytes : throw Failed();
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        SystemLibrary.Crypto.EnsureLoaded();
        using var key = Check(NewPrivateKey(KeyType, 0, seed, (nuint)seed.Length));
        using var context = Check(NewContext());
        var signature = new byte[SignatureSize];
        var size = (nuint)signature.Length;
        return SignInit(context, 0, 0, 0, key) == 1 && Sign(context, signature, ref size, message, (nuint)message.Length) == 1
            ? signature
            : throw Failed();
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        SystemLibrary.Crypto.EnsureLoaded();
        using var key = Check(NewPublicKey(KeyType, 0, publicKey, (nuint)publicKey.Length));
        using var context = Check(NewContext());
        if (VerifyInit(context, 0, 0, 0, key) != 1)
        {
            throw Failed();
        }

        if (Verify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1)
        {
            return true;
        }

        // OpenSSL remembers for each thread what went wrong, and TLS, which shares it, would stumble over that.
        ClearErrors();
        return false;
    }

    private static T Check<T>(T handle)
        where T : SafeHandle
    {
        if (!handle.IsInvalid)
        {
            return handle;
        }

        handle.Dispose();
        throw Failed();
    }

    private static NixException Failed()
    {
        ClearErrors();
        return new NixException(
            NixErrorCodes.SystemLibraryMissing,
            "OpenSSL does not offer ed25519, which Nix's signatures need. Check its version (3 or later) and its configuration: a FIPS mode may leave it out.");
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial KeyHandle NewPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint size);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial KeyHandle NewPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint size);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int GetRawPublicKey(KeyHandle key, Span<byte> bytes, ref nuint size);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial ContextHandle NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    private static partial int SignInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    private static partial int Sign(ContextHandle context, Span<byte> signature, ref nuint signatureSize, ReadOnlySpan<byte> message, nuint messageSize);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int VerifyInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int Verify(ContextHandle context, ReadOnlySpan<byte> signature, nuint signatureSize, ReadOnlySpan<byte> message, nuint messageSize);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    private static partial void ClearErrors();

    private sealed class KeyHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    private sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
