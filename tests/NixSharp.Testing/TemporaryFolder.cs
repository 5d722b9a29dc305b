namespace NixSharp.Testing;

/// <summary>A folder that is empty at first and gone in the end, read-only contents included.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    public TemporaryFolder(bool inMemory = false)
    {
        Path = inMemory && Directory.Exists(Memory)
            ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"nixsharp-test-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("nixsharp-test-").FullName;
    }

    public string Path { get; }

    /// <summary>A path inside the folder; nothing is created.</summary>
    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Writes a file, and the folders above it.</summary>
    public string Write(string relative, string contents)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, contents);
        return path;
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var folder in Directory.EnumerateDirectories(Path, "*", everything))
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Directory.Delete(Path, recursive: true);
    }
}
