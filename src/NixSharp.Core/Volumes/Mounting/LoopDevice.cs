using System.Globalization;
using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes.Mounting;

/// <summary>A file as a block device. Gives the device back when nothing uses it any more: neither this object nor a mount.</summary>
internal sealed class LoopDevice : IDisposable
{
    private const nuint GetFree = 0x4C82;
    private const nuint Configure = 0x4C0A;
    private const int DescriptorOffset = 0;
    private const int FlagsOffset = 60;
    private const int ConfigurationSize = 304;
    private const uint AutoClear = 4;
    private const int Attempts = 100;

    private readonly FileDescriptor _device;

    private LoopDevice(string path, FileDescriptor device)
    {
        Path = path;
        _device = device;
    }

    /// <summary>The device's path.</summary>
    public string Path { get; }

    /// <summary>Makes a device of the file at <paramref name="image"/>; null, and why, where that is not possible.</summary>
    public static LoopDevice? TryAttach(string image, out string? whyNot)
    {
        using var control = Open("/dev/loop-control");
        using var file = Open(image);
        if (control.IsInvalid || file.IsInvalid)
        {
            whyNot = $"{(control.IsInvalid ? "/dev/loop-control" : image)} cannot be opened";
            return null;
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var number = LibC.Control(control.Number, GetFree, 0);
            if (number < 0)
            {
                whyNot = $"there is no free loop device ({FileErrors.Describe(Marshal.GetLastPInvokeError())})";
                return null;
            }

            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            var device = Open(path);
            var errno = device.IsInvalid ? Marshal.GetLastPInvokeError() : Attach(device, file);
            if (errno == 0)
            {
                whyNot = null;
                return new LoopDevice(path, device);
            }

            device.Dispose();

            // Busy: another process was faster with this one.
            if (errno != Errno.Busy)
            {
                whyNot = $"{path} cannot be used ({FileErrors.Describe(errno)})";
                return null;
            }
        }

        whyNot = "other processes take every free loop device";
        return null;
    }

    public void Dispose() => _device.Dispose();

    private static FileDescriptor Open(string path) =>
        new(LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(path), LibC.ReadWrite | LibC.CloseOnExec, 0));

    /// <returns>0, or the error number.</returns>
    private static unsafe int Attach(FileDescriptor device, FileDescriptor file)
    {
        // struct loop_config: the file's descriptor, the size of blocks, and a struct loop_info64 with flags.
        Span<byte> configuration = stackalloc byte[ConfigurationSize];
        configuration.Clear();
        MemoryMarshal.Write(configuration[DescriptorOffset..], file.Number);
        MemoryMarshal.Write(configuration[FlagsOffset..], AutoClear);
        fixed (byte* start = configuration)
        {
            return LibC.Control(device.Number, Configure, (nint)start) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }
}
