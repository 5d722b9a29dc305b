using System.Net.Http.Headers;
using System.Text;

namespace NixSharp.Stores.Caches;

/// <summary>Sends name and password, those in the cache's URI or those that a netrc file has for its host, as curl does for Nix.</summary>
internal sealed class BasicAuthorizer : ICacheAuthorizer
{
    private readonly AuthenticationHeaderValue? _header;
    private readonly string _explanation;

    public BasicAuthorizer(StoreAuthority server, CacheOptions options)
    {
        var (name, password, origin) = (server.User, server.Password, "the URI");
        if (password is null && NetrcFile.Find(options.NetrcFile, server.Host, name) is { } entry)
        {
            (name, password, origin) = (entry.Login ?? name ?? "", entry.Password ?? "", entry.File);
        }

        _header = name is null && password is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        _explanation = _header is null
            ? $"No credentials for {server.Host} were found in {string.Join(" and ", NetrcFile.Places(options.NetrcFile))}: add a line 'machine {server.Host} login NAME password PASSWORD' there."
            : $"The name and password from {origin} may not do this: correct them, or ask the cache's owner.";
    }

    public void Authorize(HttpRequestMessage message, CacheRequest request) => message.Headers.Authorization = _header;

    public string Explain() => _explanation;
}
