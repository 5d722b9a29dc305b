namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A key that is no ECDSA P-256 key, or that the password does not open.</summary>
    public const string InvalidSigningKey = "NIXS4170";

    /// <summary>An image without any signature, or without an attestation of the wanted type.</summary>
    public const string NotSigned = "NIXS4171";

    /// <summary>Signatures or attestations of which none is by the key, for this image.</summary>
    public const string SignatureMismatch = "NIXS4172";

    /// <summary>A tag with what is said of an image that others keep changing at the same time.</summary>
    public const string TagContended = "NIXS4173";

    /// <summary>A list of referrers, a signature or an artifact that is against its specification, or too large.</summary>
    public const string InvalidReferrer = "NIXS4174";

    /// <summary>A predicate or a document that cannot be attached or attested.</summary>
    public const string InvalidPredicate = "NIXS4175";
}
