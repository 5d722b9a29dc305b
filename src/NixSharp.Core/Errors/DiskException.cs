namespace NixSharp;

/// <summary>A disk image or device that cannot be read, written or trusted (<c>NIXS31xx</c>).</summary>
public sealed class DiskException : NixException
{
    /// <summary>Makes an error about a disk image or device.</summary>
    public DiskException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
