using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.Containers;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Disks.Writing;

/// <summary>Writes raw images, compressed or not, to devices and files.</summary>
public static class DiskWriter
{
    /// <summary>
    /// Writes an image, and reads it back. Blocks of zeros become holes in a file, which takes its place once it is whole; on
    /// a device they are cleared, without being sent where the device can do it itself.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="target">The device, or the file, which is replaced.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Stops it. A device then holds a part of the image; a file stays as it was.</param>
    /// <exception cref="DiskException">The device is in use, too small, or holds something else afterwards.</exception>
    /// <exception cref="NixFileException">The image cannot be read, or the target cannot be opened.</exception>
    /// <exception cref="NixFormatException">The compressed bytes are damaged.</exception>
    public static async Task<DiskWriteResult> WriteAsync(string image, string target, DiskWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        ArgumentException.ThrowIfNullOrEmpty(target);
        options ??= new DiskWriteOptions();
        return BlockDevice.Find(target) is { } device
            ? await WriteDeviceAsync(image, target, device, options, cancellationToken).ConfigureAwait(false)
            : await WriteFileAsync(image, target, options, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<DiskWriteResult> WriteFileAsync(string image, string target, DiskWriteOptions options, CancellationToken cancellationToken)
    {
        using var source = ImageStream.Open(image);
        using var staged = StagedImage.Create(target);
        var sparse = new SparseTarget(staged.Handle);
        var check = options.Verify ? new DiskCheck() : null;
        try
        {
            await CopyAsync(source, image, sparse, long.MaxValue, check, options, target, cancellationToken).ConfigureAwait(false);
            RandomAccess.SetLength(staged.Handle, sparse.Position);
            RandomAccess.FlushToDisk(staged.Handle);
            FileHoles.Forget(staged.Handle);
            await VerifyAsync(check, staged.Handle, target, options, cancellationToken).ConfigureAwait(false);
            staged.Publish(sparse.Position);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(target, error);
        }

        return new DiskWriteResult(sparse.Position, sparse.Written, options.Verify);
    }

    private static async Task<DiskWriteResult> WriteDeviceAsync(string image, string target, BlockDevice device, DiskWriteOptions options, CancellationToken cancellationToken)
    {
        CheckUses(target, device, options);
        using var source = ImageStream.Open(image);
        if (source.KnownSize > device.Size)
        {
            throw TooSmall(target, device.Size, $"{image} has {source.KnownSize} bytes");
        }

        using var handle = Open(target, exclusive: !options.Force);
        var sparse = new SparseTarget(handle, (offset, length) => DeviceZeros.Clear(handle, offset, length));
        var check = options.Verify ? new DiskCheck() : null;
        try
        {
            await CopyAsync(source, image, sparse, device.Size, check, options, target, cancellationToken).ConfigureAwait(false);
            RandomAccess.FlushToDisk(handle);
            DeviceZeros.Forget(handle);
            await VerifyAsync(check, handle, target, options, cancellationToken).ConfigureAwait(false);
            DeviceZeros.ReadPartitions(handle);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw new DiskException(NixErrorCodes.DiskWriteFailed, $"{target} cannot be written: {FileErrors.Explain(error)} It holds a part of the image now. Check the device and the system's log, and write it again.", error);
        }

        return new DiskWriteResult(sparse.Position, sparse.Written, options.Verify);
    }

    private static Task CopyAsync(ImageStream source, string image, SparseTarget sparse, long room, DiskCheck? check, DiskWriteOptions options, string target, CancellationToken cancellationToken) => source.ReadAsync(
        piece =>
        {
            if (sparse.Position == 0)
            {
                CheckContainer(image, piece);
            }

            if (sparse.Position + piece.Length > room)
            {
                throw TooSmall(target, room, "more comes out of the image");
            }

            check?.Note(piece.Span);
            sparse.Write(piece.Span);
        },
        hash: null,
        options.Progress,
        cancellationToken);

    private static async Task VerifyAsync(DiskCheck? check, SafeFileHandle handle, string target, DiskWriteOptions options, CancellationToken cancellationToken)
    {
        if (check is not null && await Task.Run(() => check.FindDifference(handle, Path.GetFileName(target), options.Progress, cancellationToken), cancellationToken).ConfigureAwait(false) is { } offset)
        {
            throw new DiskException(
                NixErrorCodes.DiskVerificationFailed,
                $"{target} does not hold what was written to it: it differs in the 4 MiB from byte {offset} on. The device is failing, is smaller than it says, or something else writes to it: do not use it.");
        }
    }

    /// <summary>The bytes of a container on a disk are of no use to any machine.</summary>
    private static void CheckContainer(string image, ReadOnlyMemory<byte> start)
    {
        using var blocks = new MemoryBlocks(start);
        if (ContainerDetector.Detect(blocks).Kind is not DiskContainerKind.Raw and var kind)
        {
            throw new DiskException(NixErrorCodes.UnsupportedDisk, $"{image} is not written, because its disk is in a container ({kind}). Convert it with 'nixsharp disk convert --to raw' first.");
        }
    }

    private static void CheckUses(string target, BlockDevice device, DiskWriteOptions options)
    {
        if (device.IsReadOnly)
        {
            throw new DiskException(NixErrorCodes.DiskWriteFailed, $"{target} cannot be written: it is read-only. Look for a switch on the card, or for 'losetup -r'.");
        }

        if (!options.Force && device.FindUses() is { Count: > 0 } uses)
        {
            throw new DiskException(
                NixErrorCodes.DiskInUse,
                $"{target} is not written, because it is in use: {string.Join("; ", uses)}. Name another device, or unmount it. Forcing it destroys what is on it, the running system included.");
        }
    }

    private static SafeFileHandle Open(string target, bool exclusive)
    {
        // Asked for like this, the kernel itself refuses a device that is mounted or claimed.
        var flags = LibC.ReadWrite | LibC.CloseOnExec | (exclusive ? LibC.Exclusive : 0);
        var descriptor = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(target), flags, 0);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var errno = Marshal.GetLastPInvokeError();
        throw errno == Errno.Busy
            ? new DiskException(NixErrorCodes.DiskInUse, $"{target} is not written, because the kernel says that it is in use. Unmount it, or stop what holds it.")
            : FileErrors.Writing(target, errno);
    }

    private static DiskException TooSmall(string target, long size, string why) =>
        new(NixErrorCodes.DiskTooSmall, $"{target} is too small with its {size} bytes: {why}. Use a larger device.");
}
