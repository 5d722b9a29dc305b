namespace NixSharp;

/// <summary>
/// The root of every error that NixSharp raises on purpose. The message says what failed, on which input,
/// why, and what to do next; <see cref="Code"/> names a page under <c>docs/diagnostics/</c>.
/// </summary>
public class NixException : Exception
{
    /// <summary>Makes an error with a <c>NIXS</c> code from <see cref="NixErrorCodes"/>.</summary>
    public NixException(string code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
    }

    /// <summary>The stable code of this kind of error, such as <c>NIXS2003</c>.</summary>
    public string Code { get; }
}
