namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>An API server that cannot be reached, or that nobody vouches for.</summary>
    public const string ClusterUnreachable = "NIXS3072";

    /// <summary>An API server that refuses a request.</summary>
    public const string ClusterRefuses = "NIXS3073";

    /// <summary>A process that runs in no pod, or in one without an account.</summary>
    public const string NotInCluster = "NIXS3074";

    /// <summary>Build machines of which no list can be written.</summary>
    public const string InvalidBuilders = "NIXS3075";

    /// <summary>Build machines that cannot be used.</summary>
    public const string BuilderUnavailable = "NIXS3076";
}
