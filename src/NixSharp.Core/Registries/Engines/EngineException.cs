using System.Net;

namespace NixSharp.Registries.Engines;

/// <summary>Something about a container engine, its address or its answers (<c>NIXS4154</c> to <c>NIXS4157</c>).</summary>
public sealed class EngineException : NixException
{
    /// <summary>Makes an error about an engine.</summary>
    public EngineException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }

    /// <summary>The answer's status, if there was an answer.</summary>
    public HttpStatusCode? Status { get; init; }
}
