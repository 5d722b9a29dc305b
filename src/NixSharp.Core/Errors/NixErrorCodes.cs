namespace NixSharp;

/// <summary>
/// Every code that NixSharp reports, in the library, the tool, MSBuild and Cake alike. Each has a page
/// <c>docs/diagnostics/CODE.md</c>. The thousands tell the area: 1 formats, 2 stores, 3 volumes, 4 images and
/// registries, 5 flakes and processes, 6 GitOps, 7 configuration.
/// </summary>
public static partial class NixErrorCodes
{
    /// <summary>Text that is no hash, or a hash of another kind than the one asked for.</summary>
    public const string InvalidHash = "NIXS1001";

    /// <summary>Text that is no store path, or a store path of another store directory.</summary>
    public const string InvalidStorePath = "NIXS1002";

    /// <summary>A name that cannot be the name of a store object.</summary>
    public const string InvalidStorePathName = "NIXS1003";

    /// <summary>A store directory that is not an absolute, canonical path.</summary>
    public const string InvalidStoreDirectory = "NIXS1004";

    /// <summary>Text that is no content address.</summary>
    public const string InvalidContentAddress = "NIXS1005";

    /// <summary>Bytes that are no canonical NAR.</summary>
    public const string InvalidNar = "NIXS1006";

    /// <summary>A file that has no place in the store: a socket, a device, a FIFO.</summary>
    public const string UnsupportedFileType = "NIXS1007";

    /// <summary>A file or folder that should be read is not there.</summary>
    public const string SourceNotFound = "NIXS1008";

    /// <summary>A file or folder that should be read cannot be.</summary>
    public const string SourceUnreadable = "NIXS1009";

    /// <summary>A string that stands for no bytes.</summary>
    public const string InvalidByteText = "NIXS1010";
}
