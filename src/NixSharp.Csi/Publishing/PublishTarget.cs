using NixSharp.Volumes;

namespace NixSharp.Csi.Publishing;

/// <summary>Which volume a call is about, and where it is or shall be mounted.</summary>
internal sealed record PublishTarget(VolumeName Volume, string Path)
{
    private const int MaxPathLength = 4000;

    /// <summary>Checks what a call says, before anything is touched.</summary>
    /// <exception cref="CsiException">Something is missing, or makes no sense.</exception>
    public static PublishTarget Parse(string volumeId, string path)
    {
        if (path.Length == 0)
        {
            // A volume without a name is the worse mistake.
            ParseVolume(volumeId);
            throw Invalid("target_path", "it is missing");
        }

        return new PublishTarget(ParseVolume(volumeId), path switch
        {
            _ when !path.StartsWith('/') => throw Invalid("target_path", "it is not absolute"),
            _ when path.Contains('\0', StringComparison.Ordinal) => throw Invalid("target_path", "it contains a NUL"),
            _ when path.Length > MaxPathLength => throw Invalid("target_path", "it is too long"),
            _ when path.Split('/').Any(static part => part is "." or "..") => throw Invalid("target_path", "it has '.' or '..' in it"),
            _ when path.Trim('/').Length == 0 => throw Invalid("target_path", "it is the root"),
            _ => path.TrimEnd('/'),
        });
    }

    /// <summary>Reads the name of a volume.</summary>
    /// <exception cref="CsiException">It is missing, or could lead elsewhere.</exception>
    public static VolumeName ParseVolume(string volumeId)
    {
        if (volumeId.Length == 0)
        {
            throw Invalid("volume_id", "it is missing");
        }

        try
        {
            return VolumeName.Parse(volumeId);
        }
        catch (VolumeException error)
        {
            throw new CsiException(NixErrorCodes.CsiInvalidRequest, $"The call was refused for its volume_id. {error.Message}", error);
        }
    }

    private static CsiException Invalid(string field, string why) =>
        new(NixErrorCodes.CsiInvalidRequest, $"The call was refused for its {field}: {why}.");
}
