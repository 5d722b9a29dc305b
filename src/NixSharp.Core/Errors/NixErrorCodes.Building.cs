namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A builder failed.</summary>
    public const string BuildFailed = "NIXS2060";

    /// <summary>Builders cannot be run on this machine: a program or a right is missing.</summary>
    public const string SandboxUnavailable = "NIXS2061";

    /// <summary>A derivation that cannot be built here: its system, a feature, its builder, an attribute.</summary>
    public const string BuildRefused = "NIXS2062";

    /// <summary>An output that was not made, or is not what it may be.</summary>
    public const string OutputRejected = "NIXS2063";

    /// <summary>A fixed output whose hash is another one.</summary>
    public const string HashMismatch = "NIXS2064";

    /// <summary>A builder that ran, or was silent, for too long, or printed too much.</summary>
    public const string BuildLimit = "NIXS2065";

    /// <summary>Something that gave another output when it was built again.</summary>
    public const string NotDeterministic = "NIXS2066";

    /// <summary>Something that was not built because what it needs failed.</summary>
    public const string DependencyFailed = "NIXS2067";

    /// <summary>A path that is not in the store, and can be neither built nor fetched.</summary>
    public const string CannotRealise = "NIXS2068";

    /// <summary>Something that an entry in a sandbox cannot be made from.</summary>
    public const string InvalidSandboxPath = "NIXS2069";
}
