using Microsoft.Win32.SafeHandles;

namespace NixSharp.Disks.Blocks;

/// <summary>Sizes of open files and block devices.</summary>
internal static class DeviceSize
{
    /// <summary>The size in bytes. A block device has the length 0 as a file; its end tells.</summary>
    public static long Of(SafeFileHandle handle, string path)
    {
        if (RandomAccess.GetLength(handle) is > 0 and var length)
        {
            return length;
        }

        var name = Path.GetFileName(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        var file = $"/sys/class/block/{name}/size";
        return path.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(file) && long.TryParse(File.ReadAllText(file).Trim(), out var sectors) ? sectors * 512 : 0;
    }
}
