using NixSharp.Volumes.Mounting;

namespace NixSharp.Volumes;

/// <summary>
/// Finds out whether a volume is mounted: bind-mounted elsewhere, the lower layer of an overlay, or with something
/// mounted in it. Sees this process's own mounts.
/// </summary>
internal static class VolumeMounts
{
    public static void RefuseIfMounted(string volume)
    {
        if (MountTable.IsAvailable && MountTable.Read().FindUse(MountTable.Resolve(volume)) is { } point)
        {
            throw InUse(volume, point);
        }
    }

    public static VolumeException InUse(string volume, string point) => new(
        NixErrorCodes.VolumeInUse,
        $"The volume at {volume} was not deleted, because it is mounted at {point}. Unmount it first.",
        volume);
}
