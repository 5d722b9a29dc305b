namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A deploy specification that cannot be used, or a flake that none can be made of.</summary>
    public const string InvalidDeploySpec = "NIXS6040";

    /// <summary>A path of a deployment that is not in the store.</summary>
    public const string DeployPathMissing = "NIXS6041";

    /// <summary>A run of cachix that failed.</summary>
    public const string CachixFailed = "NIXS6042";
}
