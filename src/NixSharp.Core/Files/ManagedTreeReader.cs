using System.Text;

namespace NixSharp.Files;

/// <summary>Reads a tree with .NET's own calls, where names are UTF-8 and paths are strings.</summary>
internal sealed class ManagedTreeReader(IFileTreeSink sink, CancellationToken cancellationToken)
{
    // Folders to leave are null; the stack is on the heap, so that depth costs no stack.
    private readonly Stack<FileSystemInfo?> _pending = new();

    public void Read(string rootPath)
    {
        try
        {
            FileSystemInfo root = Directory.Exists(rootPath) ? new DirectoryInfo(rootPath) : new FileInfo(rootPath);
            ReadEntry(root, []);
            while (_pending.TryPop(out var entry))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry is null)
                {
                    sink.EndDirectory();
                }
                else
                {
                    ReadEntry(entry, Encoding.UTF8.GetBytes(entry.Name));
                }
            }
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(rootPath, error);
        }
    }

    private void ReadEntry(FileSystemInfo entry, byte[] name)
    {
        if (entry.LinkTarget is { } target)
        {
            sink.AddSymlink(name, Encoding.UTF8.GetBytes(target));
        }
        else if (entry is DirectoryInfo folder)
        {
            sink.BeginDirectory(name);
            _pending.Push(null);
            foreach (var child in folder.GetFileSystemInfos().OrderByDescending(static child => child.Name, NamesByBytes.Instance))
            {
                _pending.Push(child);
            }
        }
        else
        {
            ReadFile((FileInfo)entry, name);
        }
    }

    private void ReadFile(FileInfo file, byte[] name)
    {
        // Opening a device may do more than read it.
        if (file.Exists && (file.Attributes & FileAttributes.Device) != 0)
        {
            throw FileErrors.Unsupported(file.FullName, "a socket, a device or a FIFO");
        }

        try
        {
            using var contents = file.Open(new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
            var size = contents.Length;
            sink.AddFile(name, IsExecutable(file), size, contents);
            if (contents.Length != size)
            {
                throw FileErrors.Changed(file.FullName, $"it had {size} bytes and has {contents.Length}");
            }
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file.FullName, error);
        }
    }

    private static bool IsExecutable(FileInfo file) =>
        !OperatingSystem.IsWindows() && (file.UnixFileMode & UnixFileMode.UserExecute) != 0;

    private sealed class NamesByBytes : IComparer<string>
    {
        public static NamesByBytes Instance { get; } = new();

        public int Compare(string? x, string? y) =>
            Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));
    }
}
