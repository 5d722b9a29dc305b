namespace NixSharp.Stores.Caches;

/// <summary>Shows a server who is asking. Called for requests to the cache's own server only.</summary>
internal interface ICacheAuthorizer
{
    /// <summary>Adds what the request needs.</summary>
    void Authorize(HttpRequestMessage message, CacheRequest request);

    /// <summary>What can be said of credentials when access is denied.</summary>
    string Explain();
}
