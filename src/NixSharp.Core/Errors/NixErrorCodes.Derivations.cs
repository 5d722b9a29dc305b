namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>Bytes that are no derivation.</summary>
    public const string InvalidDerivation = "NIXS1011";

    /// <summary>JSON that is no derivation.</summary>
    public const string InvalidDerivationJson = "NIXS1012";

    /// <summary>A derivation whose output has another path than follows from it.</summary>
    public const string DerivationOutputMismatch = "NIXS1013";

    /// <summary>A derivation that another one needs is missing, or has no such output.</summary>
    public const string DerivationInputMissing = "NIXS1014";

    /// <summary>An attribute of a derivation that has a value of the wrong kind.</summary>
    public const string InvalidDerivationOption = "NIXS1015";

    /// <summary>Text that names no outputs of a derivation.</summary>
    public const string InvalidDerivedPath = "NIXS1016";

    /// <summary>A derivation whose parts do not go together.</summary>
    public const string InconsistentDerivation = "NIXS1017";
}
