namespace NixSharp;

/// <summary>Settings that are missing or make no sense (<c>NIXS7xxx</c>).</summary>
public sealed class NixConfigurationException : NixException
{
    /// <summary>Makes a configuration error.</summary>
    public NixConfigurationException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
