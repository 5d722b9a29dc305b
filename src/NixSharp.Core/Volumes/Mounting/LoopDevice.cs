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
    private const int Attempts = 200;
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(10);

    private readonly FileDescriptor _device;

    private LoopDevice(string path, FileDescriptor device)
    {
        Path = path;
        _device = device;
    }

    /// <summary>The device's path.</summary>
    public string Path { get; }

    /// <summary>Makes a device of the file at <paramref name="image"/>; none, and why, where that is not possible.</summary>
    public static async Task<(LoopDevice? Device, string? WhyNot)> TryAttachAsync(string image, CancellationToken cancellationToken)
    {
        using var control = Open("/dev/loop-control");
        using var file = Open(image);
        if (control.IsInvalid || file.IsInvalid)
        {
            return (null, $"{(control.IsInvalid ? "/dev/loop-control" : image)} cannot be opened");
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var number = LibC.Control(control.Number, GetFree, 0);
            if (number < 0)
            {
                return (null, $"there is no free loop device ({FileErrors.Describe(Marshal.GetLastPInvokeError())})");
            }

            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            var device = Open(path);
            var errno = device.IsInvalid ? Marshal.GetLastPInvokeError() : Attach(device, file);
            if (errno == 0)
            {
                return (new LoopDevice(path, device), null);
            }

            device.Dispose();
            if (errno != Errno.Busy)
            {
                return (null, $"{path} cannot be used ({FileErrors.Describe(errno)})");
            }

            // Another process has taken this one, or is about to: until it has, the kernel names no other.
            await Task.Delay(AttemptDelay, cancellationToken).ConfigureAwait(false);
        }

        return (null, "other processes take every free loop device");
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
