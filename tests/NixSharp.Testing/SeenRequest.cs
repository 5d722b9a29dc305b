using Microsoft.AspNetCore.Http;

namespace NixSharp.Testing;

/// <summary>A request that a <see cref="TestWebServer"/> got.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path, without the query.</param>
/// <param name="Query">Its query, with the question mark; empty where there is none.</param>
/// <param name="Authorization">The credentials that came with it.</param>
public sealed record SeenRequest(string Method, string Path, string Query, string? Authorization)
{
    internal static SeenRequest From(HttpRequest request) =>
        new(request.Method, request.Path, request.QueryString.Value ?? "", request.Headers.Authorization);
}
