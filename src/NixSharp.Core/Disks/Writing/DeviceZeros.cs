using Microsoft.Win32.SafeHandles;
using NixSharp.Native;

namespace NixSharp.Disks.Writing;

/// <summary>What only block devices know.</summary>
internal static class DeviceZeros
{
    private const int PieceSize = 1 << 20;

    // Below this, a device is faster at writing than at clearing.
    private const int MinCleared = 256 * 1024;

    // KEEP_SIZE and PUNCH_HOLE: on a device, the range reads as zeros afterwards.
    private const int KeepSize = 1;
    private const int PunchHole = 2;

    // BLKFLSBUF and BLKRRPART.
    private const int FlushBuffers = 0x1261;
    private const int RereadPartitions = 0x125f;

    /// <summary>Makes a range zeros, by the device itself where it can.</summary>
    public static void Clear(SafeFileHandle handle, long offset, long length)
    {
        var descriptor = (int)handle.DangerousGetHandle();
        if (length >= MinCleared && LibC.Allocate(descriptor, KeepSize | PunchHole, offset, length) == 0)
        {
            return;
        }

        var zeros = new byte[Math.Min(PieceSize, length)];
        for (var left = length; left > 0; left -= Math.Min(left, zeros.Length))
        {
            RandomAccess.Write(handle, zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)), offset + length - left);
        }
    }

    /// <summary>Has the kernel forget what it remembers of the device, so that reading asks the device.</summary>
    public static void Forget(SafeFileHandle handle) => _ = LibC.Control((int)handle.DangerousGetHandle(), FlushBuffers, 0);

    /// <summary>Has the kernel look at the new partition table; a device that has no partitions refuses, and need not.</summary>
    public static void ReadPartitions(SafeFileHandle handle) => _ = LibC.Control((int)handle.DangerousGetHandle(), RereadPartitions, 0);
}
