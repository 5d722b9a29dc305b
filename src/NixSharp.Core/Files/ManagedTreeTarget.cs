using System.Buffers;

namespace NixSharp.Files;

/// <summary>Writes a tree with .NET's own calls, where names are UTF-8 and paths are strings.</summary>
internal sealed class ManagedTreeTarget(string rootPath, TreeWriterOptions options) : ITreeTarget
{
    private const int BlockSize = 256 * 1024;

    private readonly Stack<string> _folders = new();
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);

    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        var path = PathOf(name);
        Do(path, () =>
        {
            RefuseOccupied(path);
            Directory.CreateDirectory(path);
        });
        _folders.Push(path);
    }

    public void EndDirectory()
    {
        var path = _folders.Pop();
        Finish(new DirectoryInfo(path), (UnixFileMode)CanonicalModes.Executable);
    }

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        var path = PathOf(name);
        Do(path, () => WriteFile(path, executable, size, contents));
        Finish(new FileInfo(path), (UnixFileMode)CanonicalModes.OfFile(executable));
    }

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        var path = PathOf(name);
        var text = FileNames.Decode(target, Path.GetDirectoryName(path)!);
        Do(path, () => File.CreateSymbolicLink(path, text));
        Finish(new FileInfo(path), mode: null);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_block);

    private static void RefuseOccupied(string path)
    {
        if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            throw FileErrors.Occupied(path);
        }
    }

    private static void Do(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(path, error);
        }
    }

    private void WriteFile(string path, bool executable, long size, Stream contents)
    {
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = (UnixFileMode)CanonicalModes.BeforeUmask(executable);
        }

        using var file = new FileStream(path, create);
        while (size > 0)
        {
            var wanted = (int)Math.Min(size, _block.Length);
            var length = contents.ReadAtLeast(_block.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            if (length < wanted)
            {
                throw FileErrors.EndsEarly(path, size - length);
            }

            file.Write(_block, 0, wanted);
            size -= wanted;
        }
    }

    private void Finish(FileSystemInfo entry, UnixFileMode? mode)
    {
        if (!options.IsCanonical)
        {
            return;
        }

        Do(entry.FullName, () =>
        {
            entry.LastWriteTimeUtc = DateTime.UnixEpoch.AddSeconds(1);
            if (OperatingSystem.IsWindows())
            {
                entry.Attributes |= entry is FileInfo && mode is not null ? FileAttributes.ReadOnly : 0;
            }
            else if (mode is { } bits)
            {
                entry.UnixFileMode = bits;
            }
        });
    }

    private string PathOf(ReadOnlySpan<byte> name)
    {
        if (!_folders.TryPeek(out var folder))
        {
            return rootPath;
        }

        var text = FileNames.Decode(name, folder);
        return OperatingSystem.IsWindows() && text.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0
            ? throw new NixFileException(
                NixErrorCodes.InvalidFileName,
                $"'{text}' cannot be written in {folder}: it has characters that Windows does not allow. Unpack it on Linux.",
                folder)
            : Path.Combine(folder, text);
    }
}
