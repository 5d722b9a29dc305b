namespace NixSharp.Csi;

/// <summary>A call that the driver cannot answer as it was asked (<c>NIXS304x</c>).</summary>
public sealed class CsiException : NixException
{
    /// <summary>Makes an error of the driver.</summary>
    public CsiException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
