namespace NixSharp;

/// <summary>A store that cannot be opened, read or written (<c>NIXS2xxx</c>).</summary>
public sealed class NixStoreException : NixException
{
    /// <summary>Makes a store error.</summary>
    public NixStoreException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
