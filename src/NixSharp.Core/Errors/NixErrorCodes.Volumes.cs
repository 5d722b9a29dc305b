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
}
