namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>Text or attributes that are no flake reference.</summary>
    public const string InvalidFlakeReference = "NIXS5010";

    /// <summary>A folder that is no flake, nor in one.</summary>
    public const string NotAFlake = "NIXS5011";

    /// <summary>A <c>flake.lock</c> that cannot be read.</summary>
    public const string InvalidFlakeLock = "NIXS5012";

    /// <summary>A <c>flake.lock</c> of a version that is not known.</summary>
    public const string UnknownFlakeLockVersion = "NIXS5013";

    /// <summary>An input whose files are not those that were locked.</summary>
    public const string FlakeInputChanged = "NIXS5014";

    /// <summary>An input that a lock file does not have.</summary>
    public const string UnknownFlakeInput = "NIXS5015";

    /// <summary>A lock file with inputs that are too old, or locked several times.</summary>
    public const string FlakeLockNeedsUpdate = "NIXS5016";

    /// <summary>A value that cannot be written as a Nix expression.</summary>
    public const string InvalidNixExpression = "NIXS5017";

    /// <summary>Nix could not download what it needed, again and again.</summary>
    public const string NixDownloadFailed = "NIXS5018";

    /// <summary>Of many outputs of a flake that were to be built, some are not there.</summary>
    public const string FlakeOutputsFailed = "NIXS5019";
}
