namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A manifest that is no YAML, or whose objects lack what each needs, or are there twice.</summary>
    public const string InvalidManifest = "NIXS6020";

    /// <summary>Options of which no manifest can be made.</summary>
    public const string InvalidManifestOptions = "NIXS6021";

    /// <summary>Parameters of an application of Argo CD that make no sense.</summary>
    public const string InvalidPluginParameters = "NIXS6022";

    /// <summary>A folder in which nothing was built that a plugin of Argo CD could give, or nothing can be.</summary>
    public const string PluginNotBuilt = "NIXS6023";

    /// <summary>A build that took longer than Argo CD waits.</summary>
    public const string PluginTimedOut = "NIXS6024";
}
