namespace NixSharp;

/// <summary>An image that cannot be made, read or written (<c>NIXS40xx</c>).</summary>
public sealed class ImageException : NixException
{
    /// <summary>Makes an image error.</summary>
    public ImageException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
