namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A program that has to be run was not found.</summary>
    public const string ProgramNotFound = "NIXS5001";

    /// <summary>A program ran and failed.</summary>
    public const string ProcessFailed = "NIXS5002";

    /// <summary>Nix could not evaluate or build what it was asked for.</summary>
    public const string FlakeFailed = "NIXS5003";

    /// <summary>A program printed more than may be kept.</summary>
    public const string ProcessOutputTooLarge = "NIXS5004";

    /// <summary>A program was found and could not be started.</summary>
    public const string ProcessNotStarted = "NIXS5005";

    /// <summary>Nix answered in a form that is not understood.</summary>
    public const string NixOutputNotUnderstood = "NIXS5006";
}
