using System.Globalization;
using NixSharp.Files;
using NixSharp.Processes;

namespace NixSharp.Volumes.Mounting;

/// <summary>A file system of a size that is given, mounted to take what is written to a volume.</summary>
/// <param name="image">The file that an image is in.</param>
/// <param name="point">Where the file system is mounted: a folder.</param>
/// <param name="target">Where the volume will be mounted, for messages.</param>
internal sealed class LayerFileSystem(string image, string point, string target)
{
    private const string MakeExt4 = "mkfs.ext4";

    // Where root's programs are, and a service's PATH often does not say so.
    private const string SystemPrograms = "/usr/sbin:/sbin";

    /// <summary>Makes the file system and mounts it; one that is there from before the machine was started anew is kept.</summary>
    /// <exception cref="VolumeException">Nothing here can see to the limit.</exception>
    public async Task MountAsync(long size, VolumeQuotaKind kind, CancellationToken cancellationToken)
    {
        if (size <= 0)
        {
            throw Impossible(size, "it has to be more than nothing. Give a number of bytes");
        }

        if (kind is VolumeQuotaKind.Memory)
        {
            MountMemory(size);
            return;
        }

        // An image that is there has what was written before the machine was started anew: memory is no substitute for it.
        var isKept = File.Exists(image);
        if (await WhyNoImageAsync(size, isKept, cancellationToken).ConfigureAwait(false) is { } why)
        {
            if (kind is VolumeQuotaKind.Image || isKept)
            {
                throw Impossible(size, why);
            }

            MountMemory(size);
        }
    }

    private void MountMemory(long size)
    {
        using var mount = DetachedMount.Create("tmpfs", [("source", "nixsharp"), ("size", size.ToString(CultureInfo.InvariantCulture)), ("mode", "0755")], point);
        mount.Attach();
    }

    /// <summary>Mounts an image, or says why that is not possible.</summary>
    private async Task<string?> WhyNoImageAsync(long size, bool isKept, CancellationToken cancellationToken)
    {
        if (!isKept && await WhyNotMadeAsync(size, cancellationToken).ConfigureAwait(false) is { } why)
        {
            return why;
        }

        var (device, whyNot) = await LoopDevice.TryAttachAsync(image, cancellationToken).ConfigureAwait(false);
        using var attached = device;
        if (device is null)
        {
            if (!isKept)
            {
                File.Delete(image);
            }

            return $"{whyNot}. Give this process loop devices (/dev/loop-control), or ask for a quota in memory";
        }

        // What is deleted in it makes the image smaller again.
        using var mount = DetachedMount.Create("ext4", [("source", device.Path), ("discard", null)], point);
        mount.Attach();
        return null;
    }

    private async Task<string?> WhyNotMadeAsync(long size, CancellationToken cancellationToken)
    {
        if ((ProgramSearch.Find(MakeExt4, Environment.GetEnvironmentVariable("PATH")) ?? ProgramSearch.Find(MakeExt4, SystemPrograms)) is not { } program)
        {
            return $"{MakeExt4} was not found. Install e2fsprogs, or ask for a quota in memory";
        }

        var staging = image + ".tmp";
        File.Delete(staging);
        using (var file = new FileStream(staging, FileMode.CreateNew, FileAccess.Write))
        {
            file.SetLength(size);
        }

        // What is written lives no longer than the mount, so a journal would protect nothing.
        var made = await new ProcessCommand(program, "-q", "-F", "-m", "0", "-O", "^has_journal", "-E", "lazy_itable_init=1,root_owner=0:0", staging)
            .TryRunAsync(cancellationToken).ConfigureAwait(false);
        if (made.ExitCode != 0)
        {
            File.Delete(staging);
            return $"{MakeExt4} refused ({string.Join(' ', made.ErrorTail).Trim()}). Ask for more, or for a quota in memory";
        }

        FileTree.Move(staging, image);
        return null;
    }

    private VolumeException Impossible(long size, string why) => new(
        NixErrorCodes.VolumeQuotaImpossible,
        $"The quota of {ByteSize.Format(size)} for the mount at {target} is not possible: {why}.",
        target);
}
