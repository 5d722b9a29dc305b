namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A partition table that is damaged in all its copies, or a partition that is not in it.</summary>
    public const string InvalidPartitionTable = "NIXS3100";

    /// <summary>A file system whose structures contradict each other, or point outside of it.</summary>
    public const string InvalidFileSystem = "NIXS3101";

    /// <summary>A disk, partition or file system of a kind that nothing here reads.</summary>
    public const string UnsupportedDisk = "NIXS3102";

    /// <summary>A path that is not in a file system, or is no file or folder where one was asked for.</summary>
    public const string NotInFileSystem = "NIXS3103";

    /// <summary>A container of a disk, such as qcow2, that is damaged.</summary>
    public const string InvalidDiskContainer = "NIXS3104";

    /// <summary>A name that is no format of images, or a format that contradicts itself.</summary>
    public const string UnknownImageFormat = "NIXS3105";

    /// <summary>A disk that is too small for what should be on it.</summary>
    public const string DiskTooSmall = "NIXS3106";

    /// <summary>A disk that is mounted, or that the system runs on.</summary>
    public const string DiskInUse = "NIXS3107";

    /// <summary>A disk that does not hold what was written to it.</summary>
    public const string DiskVerificationFailed = "NIXS3108";

    /// <summary>A disk or image that the system does not let write, mount or unmount.</summary>
    public const string DiskWriteFailed = "NIXS3109";

    /// <summary>No image among the results of a build, or more than one.</summary>
    public const string ImageResultNotFound = "NIXS3110";
}
