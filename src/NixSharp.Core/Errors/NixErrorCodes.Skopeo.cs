namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>An option that this <c>skopeo</c> does not know.</summary>
    public const string SkopeoTooOld = "NIXS4150";

    /// <summary><c>skopeo</c> could not speak TLS with a registry, or did not trust its certificate.</summary>
    public const string SkopeoTlsFailed = "NIXS4151";

    /// <summary>A registry that allows <c>skopeo</c> no more requests for now.</summary>
    public const string SkopeoRateLimited = "NIXS4152";

    /// <summary>A signature that <c>skopeo</c> found bad.</summary>
    public const string SkopeoSignatureRejected = "NIXS4153";
}
