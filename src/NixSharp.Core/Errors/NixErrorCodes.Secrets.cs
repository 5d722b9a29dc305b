namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A file that the rules of sops name, and that is not encrypted.</summary>
    public const string SecretNotEncrypted = "NIXS6010";

    /// <summary>A <c>.sops.yaml</c> that cannot be used.</summary>
    public const string InvalidSopsConfig = "NIXS6011";

    /// <summary>A key that is none, is of another kind, or is encrypted.</summary>
    public const string InvalidSshKey = "NIXS6012";

    /// <summary>A hook that cannot be installed, such as where there is another one.</summary>
    public const string HookNotInstalled = "NIXS6013";

    /// <summary>sops could not give files their new keys.</summary>
    public const string SopsFailed = "NIXS6014";
}
