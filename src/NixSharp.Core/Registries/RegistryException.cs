using System.Net;

namespace NixSharp.Registries;

/// <summary>Something about a registry, its answers, its credentials or a reference to it (<c>NIXS41xx</c>). Holds no secrets.</summary>
public sealed class RegistryException : NixException
{
    /// <summary>Makes an error about a registry.</summary>
    public RegistryException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }

    /// <summary>The request's method, if there was a request.</summary>
    public string? Method { get; init; }

    /// <summary>The request's URI, without its query, which may hold secrets.</summary>
    public string? RequestUri { get; init; }

    /// <summary>The answer's status, if there was an answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The registry's own errors, if it sent any.</summary>
    public IReadOnlyList<RegistryError> Errors { get; init; } = [];

    /// <summary>Whether the same request may well succeed a little later.</summary>
    internal bool IsTransient { get; init; }

    /// <summary>When the registry wants to be asked again.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}
