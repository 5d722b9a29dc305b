namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>Two stores whose paths lie in different folders, between which nothing can be copied.</summary>
    public const string OtherStoreDirectory = "NIXS2050";

    /// <summary>A path that no substituter gives.</summary>
    public const string CannotSubstitute = "NIXS2051";
}
