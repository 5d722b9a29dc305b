using Microsoft.Win32.SafeHandles;
using NixSharp.Files;

namespace NixSharp.Disks.Blocks;

/// <summary>The bytes of a file or block device.</summary>
internal sealed class FileBlocks : BlockSource
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private FileBlocks(SafeFileHandle handle, string path, long length)
    {
        _handle = handle;
        _path = path;
        Length = length;
    }

    public override long Length { get; }

    /// <exception cref="NixFileException">The file cannot be opened.</exception>
    public static FileBlocks Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);

            // A device has no length as a file.
            return new FileBlocks(handle, path, BlockDevice.Find(path)?.Size ?? RandomAccess.GetLength(handle));
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            handle?.Dispose();
            throw FileErrors.Reading(path, error);
        }
    }

    protected internal override void ReadInside(long offset, Span<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                var count = RandomAccess.Read(_handle, buffer, offset);
                if (count == 0)
                {
                    throw FileErrors.Changed(_path, "it became shorter");
                }

                offset += count;
                buffer = buffer[count..];
            }
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(_path, error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _handle.Dispose();
        }

        base.Dispose(disposing);
    }
}
