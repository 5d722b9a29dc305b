namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>Two stores whose paths lie in different folders, between which nothing can be copied.</summary>
    public const string OtherStoreDirectory = "NIXS2050";

    /// <summary>A path that no substituter gives.</summary>
    public const string CannotSubstitute = "NIXS2051";

    /// <summary>Something that only clients that are trusted may ask a daemon for.</summary>
    public const string ClientNotTrusted = "NIXS2052";

    /// <summary>A client adds more than a daemon takes.</summary>
    public const string ObjectTooLarge = "NIXS2053";

    /// <summary>A socket that a daemon cannot listen at.</summary>
    public const string SocketUnavailable = "NIXS2054";
}
