namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>Text that is no narinfo.</summary>
    public const string InvalidNarInfo = "NIXS1060";

    /// <summary>Text that is no key for signatures.</summary>
    public const string InvalidKey = "NIXS1061";

    /// <summary>Text that is no signature.</summary>
    public const string InvalidSignature = "NIXS1062";

    /// <summary>A library of the system that is missing, or too old.</summary>
    public const string SystemLibraryMissing = "NIXS1063";

    /// <summary>Text that is no <c>nix-cache-info</c>.</summary>
    public const string InvalidCacheInfo = "NIXS1064";

    /// <summary>A path that has no fingerprint, so that it can't be signed.</summary>
    public const string NotSignable = "NIXS1065";

    /// <summary>Compressed bytes that are damaged, or end too early.</summary>
    public const string CorruptCompression = "NIXS1066";

    /// <summary>Compressed bytes that become more or fewer than was announced.</summary>
    public const string DecompressedSizeMismatch = "NIXS1067";

    /// <summary>A compression that is not known, or a level that it does not have.</summary>
    public const string UnknownCompression = "NIXS1068";

    /// <summary>A list of a cache's users that cannot be read.</summary>
    public const string InvalidCacheUsers = "NIXS1069";

    /// <summary>Something that was uploaded to a cache, and is not what it should be.</summary>
    public const string UploadRefused = "NIXS1070";

    /// <summary>An address that a server cannot listen at.</summary>
    public const string CannotListen = "NIXS1071";
}
