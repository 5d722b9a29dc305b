namespace NixSharp;

/// <summary>A file of a repository that cannot be used, or is not as it should be (<c>NIXS6xxx</c>).</summary>
public sealed class GitOpsException : NixException
{
    /// <summary>Makes an error about the file or folder at <paramref name="path"/>.</summary>
    public GitOpsException(string code, string message, string path, Exception? innerException = null)
        : base(code, message, innerException)
    {
        Path = path;
    }

    /// <summary>The file or folder that the error is about.</summary>
    public string Path { get; }
}
