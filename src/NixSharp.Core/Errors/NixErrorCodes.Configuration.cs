namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>An MSBuild that is older than the targets.</summary>
    public const string MSBuildTooOld = "NIXS7001";

    /// <summary>A failure that no other code is for: a mistake in NixSharp.</summary>
    public const string UnexpectedFailure = "NIXS7002";

    /// <summary>A property or setting that has to be set and is not.</summary>
    public const string SettingMissing = "NIXS7003";

    /// <summary>A property or setting whose value makes no sense.</summary>
    public const string InvalidSetting = "NIXS7004";

    /// <summary>A project that cannot be published.</summary>
    public const string NotPublishable = "NIXS7005";

    /// <summary>A target framework that the project does not have.</summary>
    public const string UnknownTargetFramework = "NIXS7006";

    /// <summary>An environment variable that should hold credentials, and is not set.</summary>
    public const string CredentialVariableMissing = "NIXS7007";
}
