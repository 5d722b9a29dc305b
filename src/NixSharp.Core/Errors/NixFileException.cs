namespace NixSharp;

/// <summary>A file or folder that cannot be read, written, locked or deleted.</summary>
public sealed class NixFileException : NixException
{
    /// <summary>Makes an error about the file or folder at <paramref name="path"/>.</summary>
    public NixFileException(string code, string message, string path, Exception? innerException = null)
        : base(code, message, innerException)
    {
        Path = path;
    }

    /// <summary>The full path; bytes that are not UTF-8 are written as <c>\xNN</c>.</summary>
    public string Path { get; }

    /// <summary>Whether there was no space, no inode or no quota left.</summary>
    public bool IsOutOfSpace { get; internal init; }
}
