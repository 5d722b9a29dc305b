namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A path where there is no volume, or something that is no volume.</summary>
    public const string NotAVolume = "NIXS3001";

    /// <summary>A path where there is a volume of another closure.</summary>
    public const string VolumeOfOtherClosure = "NIXS3002";

    /// <summary>A path where there can be no volume.</summary>
    public const string InvalidVolumePath = "NIXS3003";

    /// <summary>A volume could not be made, measured or deleted: no space, no permission, a source that went away.</summary>
    public const string VolumeFailed = "NIXS3004";

    /// <summary>A volume that is mounted somewhere, and so cannot be deleted.</summary>
    public const string VolumeInUse = "NIXS3005";

    /// <summary>A volume whose own description is damaged, or was written by a later version.</summary>
    public const string VolumeDamaged = "NIXS3006";

    /// <summary>No space, inodes, quota or mounts are left for a volume.</summary>
    public const string VolumeOutOfSpace = "NIXS3007";

    /// <summary>A text that is not the name of a volume.</summary>
    public const string InvalidVolumeName = "NIXS3008";

    /// <summary>A place to mount at where something else is.</summary>
    public const string MountTargetOccupied = "NIXS3009";

    /// <summary>The system refuses to mount or unmount a volume.</summary>
    public const string VolumeMountFailed = "NIXS3010";

    /// <summary>A place to mount at with a mount of somebody else's that does not answer.</summary>
    public const string MountStale = "NIXS3011";

    /// <summary>A limit on what is written to a volume that nothing here can see to.</summary>
    public const string VolumeQuotaImpossible = "NIXS3012";

    /// <summary>A folder that is no pool of volumes, or one of another store.</summary>
    public const string InvalidVolumePool = "NIXS3013";
}
