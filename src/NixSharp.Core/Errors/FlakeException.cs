namespace NixSharp;

/// <summary>A flake reference, a lock file or a Nix expression that makes no sense (<c>NIXS501x</c>, <c>NIXS502x</c>).</summary>
public sealed class FlakeException : NixException
{
    /// <summary>Makes a flake error.</summary>
    public FlakeException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
