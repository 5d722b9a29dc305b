using NixSharp.Compression;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.Containers;
using NixSharp.Files;
using NixSharp.Processes;

namespace NixSharp.Disks.Writing;

/// <summary>Converts images from one container to another with <c>qemu-img</c>.</summary>
public sealed class DiskConverter
{
    private readonly string _program;

    /// <summary>Converts with a program.</summary>
    /// <param name="program">The <c>qemu-img</c> to run: a name on PATH, or a path.</param>
    public DiskConverter(string program = "qemu-img")
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        _program = program;
    }

    /// <summary>Writes the disk of an image, compressed or not, in another container. The file is there once it is whole.</summary>
    /// <param name="source">The image.</param>
    /// <param name="destination">The file, in place of what is there.</param>
    /// <param name="container">The container.</param>
    /// <param name="progress">Is told of the decompression.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <exception cref="NixProcessException"><c>qemu-img</c> is missing, or fails.</exception>
    /// <exception cref="NixException">The image cannot be read or decompressed, or the file cannot be written.</exception>
    public async Task ConvertAsync(string source, string destination, DiskContainerKind container, IProgress<NixProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        NarCompression compression;
        DiskContainer current;
        using (var file = FileBlocks.Open(source))
        {
            (compression, current) = (ImageCompression.Detect(file), ContainerDetector.Detect(file));
        }

        CheckAlone(source, current);
        TemporaryImage? temporary = null;
        var staged = Path.Combine(Path.GetDirectoryName(FileTree.ToFullPath(destination))!, $".tmp-{Guid.NewGuid():N}");
        try
        {
            if (compression != NarCompression.None)
            {
                temporary = await TemporaryImage.DecompressAsync(source, progress, cancellationToken).ConfigureAwait(false);
                using var file = FileBlocks.Open(temporary.Path);
                current = ContainerDetector.Detect(file);
                CheckAlone(source, current);
            }

            progress?.Report(new NixProgress("converting", Path.GetFileName(source), 0, null));
            var command = new ProcessCommand(_program, "convert", "-f", NameOf(current.Kind), "-O", NameOf(container), temporary?.Path ?? FileTree.ToFullPath(source), staged) { InstallHint = "apt install qemu-utils" };
            await command.RunAsync(cancellationToken).ConfigureAwait(false);
            File.Move(staged, destination, overwrite: true);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(destination, error);
        }
        finally
        {
            temporary?.Dispose();
            if (File.Exists(staged))
            {
                File.Delete(staged);
            }
        }
    }

    /// <summary>Which other files are read is not for whoever made the image to say.</summary>
    private static void CheckAlone(string source, DiskContainer container)
    {
        if (container.ExternalFile is { } other)
        {
            throw new DiskException(NixErrorCodes.UnsupportedDisk, $"{source} is not converted, because a part of its disk is in another file, which it names ({other}). Merge them with 'qemu-img' where both are yours.");
        }
    }

    private static string NameOf(DiskContainerKind kind) => kind == DiskContainerKind.Vhd ? "vpc" : kind.ToString().ToLowerInvariant();
}
