namespace NixSharp;

/// <summary>A volume that cannot be made, opened, measured or deleted (<c>NIXS30xx</c>).</summary>
public sealed class VolumeException : NixException
{
    /// <summary>Makes an error about the volume at <paramref name="path"/>.</summary>
    public VolumeException(string code, string message, string path, Exception? innerException = null)
        : base(code, message, innerException)
    {
        Path = path;
    }

    /// <summary>The volume's full path.</summary>
    public string Path { get; }
}
