namespace NixSharp;

/// <summary>A cluster's API server that cannot be reached, or refuses a request (<c>NIXS307x</c>).</summary>
public sealed class KubernetesException : NixException
{
    /// <summary>Makes an error about a request.</summary>
    public KubernetesException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }

    /// <summary>The status of the server's answer; null where there was none.</summary>
    public int? Status { get; init; }
}
