using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using NixSharp.Files;
using NixSharp.Images.Tar;

namespace NixSharp.Images.Layouts;

/// <summary>The files of an image in a tar archive, which stays open so that it cannot be exchanged meanwhile.</summary>
internal sealed class ArchiveFiles : ImageFiles
{
    private readonly SafeFileHandle _archive;
    private readonly TarIndex _index;

    private ArchiveFiles(string location, SafeFileHandle archive, TarIndex index)
    {
        Location = location;
        _archive = archive;
        _index = index;
    }

    public override string Location { get; }

    /// <summary>Opens an archive; a gzipped one is unpacked into a temporary file first, because gzip cannot be read from its middle.</summary>
    public static ArchiveFiles Open(string path, ImageLimits limits, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new ImageException(NixErrorCodes.ImageNotFound, $"There is no image at {path}: it is no file. Check the path, and that what makes the image has run.");
        }

        var archive = File.OpenHandle(path);
        try
        {
            if (IsGzipped(archive))
            {
                var packed = archive;
                archive = Unpack(packed, path, limits.MaxUnpackedSize, cancellationToken);
                packed.Dispose();
            }

            return new ArchiveFiles(path, archive, TarIndex.Read(archive, path, limits, cancellationToken)) { Limits = limits };
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a gzipped file at <paramref name="path"/>.</summary>
    public static bool IsGzipped(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = File.OpenHandle(path);
        return IsGzipped(file);
    }

    /// <summary>Unpacks a gzipped archive into a new file.</summary>
    public static void Unpack(string path, string destination, long maxSize, CancellationToken cancellationToken)
    {
        using var packed = File.OpenHandle(path);
        using var unpacked = File.OpenHandle(destination, FileMode.CreateNew, FileAccess.Write);
        Unpack(packed, unpacked, path, maxSize, cancellationToken);
    }

    public override Stream? TryOpen(string name, out long size)
    {
        var isThere = _index.TryFind(name, out var member);
        size = member.Size;
        return isThere ? new FileSlice(_archive, member.Offset, member.Size) : null;
    }

    public override void Dispose() => _archive.Dispose();

    private static bool IsGzipped(SafeFileHandle file)
    {
        Span<byte> magic = stackalloc byte[2];
        return RandomAccess.Read(file, magic, 0) == 2 && GzipMagic.Matches(magic);
    }

    private static SafeFileHandle Unpack(SafeFileHandle packed, string path, long maxSize, CancellationToken cancellationToken)
    {
        var name = Path.Combine(Path.GetTempPath(), $"nixsharp-{Guid.NewGuid():N}.tar");
        var unpacked = File.OpenHandle(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        try
        {
            Unpack(packed, unpacked, path, maxSize, cancellationToken);
            return unpacked;
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    private static void Unpack(SafeFileHandle packed, SafeFileHandle unpacked, string path, long maxSize, CancellationToken cancellationToken)
    {
        using var slice = new FileSlice(packed, 0, RandomAccess.GetLength(packed));
        using var gzip = new GZipStream(slice, CompressionMode.Decompress);
        var buffer = new byte[128 * 1024];
        var offset = 0L;
        for (int read; (read = gzip.Read(buffer)) > 0; offset += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (offset + read > maxSize)
            {
                throw new ImageException(NixErrorCodes.InvalidImage, $"{path} unpacks to more than {maxSize} bytes, which is the limit. Unpack it with gunzip and open the result, or raise the limit.");
            }

            RandomAccess.Write(unpacked, buffer.AsSpan(0, read), offset);
        }
    }
}
