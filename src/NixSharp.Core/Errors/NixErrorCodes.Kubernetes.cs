namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A manifest that is no YAML, or whose objects lack what each needs, or are there twice.</summary>
    public const string InvalidManifest = "NIXS6020";

    /// <summary>Options of which no manifest can be made.</summary>
    public const string InvalidManifestOptions = "NIXS6021";
}
