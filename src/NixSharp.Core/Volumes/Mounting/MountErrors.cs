using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes.Mounting;

/// <summary>Errors of mounting and unmounting.</summary>
internal static class MountErrors
{
    public static VolumeException Failed(string what, string target, int errno, string? said = null) => new(
        errno is Errno.NoSpace or Errno.QuotaExceeded ? NixErrorCodes.VolumeOutOfSpace : NixErrorCodes.VolumeMountFailed,
        $"{what} could not be mounted at {target}: {said ?? FileErrors.Describe(errno)}. {Advise(errno)}",
        target);

    public static VolumeException NotUnmounted(string target, int errno) => new(
        NixErrorCodes.VolumeMountFailed,
        $"{target} could not be unmounted: {FileErrors.Describe(errno)}. {Advise(errno)}",
        target);

    public static VolumeException Occupied(string target, string why) => new(
        NixErrorCodes.MountTargetOccupied,
        $"Nothing was mounted or unmounted at {target}: {why}. It was left alone; choose another place, or clear this one.",
        target);

    public static VolumeException Stale(string target, string why) => new(
        NixErrorCodes.MountStale,
        $"Nothing was mounted or unmounted at {target}: a file system is mounted there that does not answer any more ({why}). Unmount it with 'umount --lazy'.",
        target);

    private static string Advise(int errno) => errno switch
    {
        Errno.NotPermitted or Errno.AccessDenied => "Run as root, or with the capability to mount.",
        Errno.NotImplemented => "Use Linux 5.12 or later, and a sandbox that lets programs mount.",
        Errno.NoSpace => "Free some space, or allow more mounts with the setting fs.mount-max.",
        Errno.ReadOnlyFileSystem => "Choose a place on a file system that can be written.",
        Errno.NotFound => "Check that the folder, the volume and what its store holds are there.",
        _ => "Check the system's log.",
    };
}
