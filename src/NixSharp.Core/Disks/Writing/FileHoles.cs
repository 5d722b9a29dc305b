using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NixSharp.Native;

namespace NixSharp.Disks.Writing;

/// <summary>What the system knows of files without reading them.</summary>
internal static class FileHoles
{
    private const int SeekData = 3;
    private const int DontNeed = 4;

    /// <summary>Whether a range is known to be a hole. Devices, and systems that do not say, have none.</summary>
    public static bool IsHole(SafeFileHandle handle, long offset, long length)
    {
        if (!LibC.IsAvailable || offset + length > RandomAccess.GetLength(handle))
        {
            return false;
        }

        var data = LibC.Seek((int)handle.DangerousGetHandle(), offset, SeekData);

        // There is no such address where no data follows at all.
        return data >= offset + length || (data < 0 && Marshal.GetLastPInvokeError() == Errno.NoDevice);
    }

    /// <summary>Has the system forget what it remembers of a file that is on the disk, so that reading asks the disk.</summary>
    public static void Forget(SafeFileHandle handle)
    {
        if (LibC.IsAvailable)
        {
            _ = LibC.Advise((int)handle.DangerousGetHandle(), 0, 0, DontNeed);
        }
    }
}
