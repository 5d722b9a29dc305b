namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A file that changed while it was being read.</summary>
    public const string SourceChanged = "NIXS1050";

    /// <summary>A file's name, or a symlink's target, that cannot be written to disk.</summary>
    public const string InvalidFileName = "NIXS1051";
}
