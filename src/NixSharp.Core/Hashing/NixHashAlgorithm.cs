namespace NixSharp.Hashing;

/// <summary>The hash algorithms of Nix's formats.</summary>
public enum NixHashAlgorithm
{
    /// <summary>MD5, 16 bytes. Accepted for old fixed outputs; not collision resistant.</summary>
    Md5,

    /// <summary>SHA-1, 20 bytes. Accepted for old fixed outputs; not collision resistant.</summary>
    Sha1,

    /// <summary>SHA-256, 32 bytes: what Nix itself uses.</summary>
    Sha256,

    /// <summary>SHA-512, 64 bytes.</summary>
    Sha512,
}
