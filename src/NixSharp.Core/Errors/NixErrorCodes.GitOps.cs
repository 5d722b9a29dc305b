namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A <c>deps.json</c> that does not list what the projects need.</summary>
    public const string PackageLockOutdated = "NIXS6001";

    /// <summary>A <c>deps.json</c> that cannot be read.</summary>
    public const string InvalidPackageLock = "NIXS6002";

    /// <summary>A project that is not restored, or a package that is not in the packages folder.</summary>
    public const string PackageNotRestored = "NIXS6003";

    /// <summary>A package source whose packages have no address that can be written down.</summary>
    public const string PackageSourceUnknown = "NIXS6004";

    /// <summary>A solution, project, assets file or package that cannot be understood.</summary>
    public const string InvalidProject = "NIXS6005";

    /// <summary>Machines that no flake can be made of.</summary>
    public const string InvalidNodes = "NIXS6050";

    /// <summary>A CI pipeline that cannot be written.</summary>
    public const string InvalidPipeline = "NIXS6051";

    /// <summary>A machine for which neither this one nor an emulator on it runs programs.</summary>
    public const string EmulationMissing = "NIXS6052";
}
