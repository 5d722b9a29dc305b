namespace NixSharp.Stores.Caches;

/// <summary>The files of a cache on a web server.</summary>
internal sealed class HttpCacheFiles : WebCacheFiles
{
    private readonly Uri _root;

    private HttpCacheFiles(Uri root, CacheTransport transport, string place)
        : base(transport, place)
    {
        _root = root;
    }

    /// <summary>The files of the cache that <paramref name="reference"/> names.</summary>
    public static HttpCacheFiles Open(StoreReference reference, CacheOptions options)
    {
        var server = reference.Authority ?? throw StoreReference.Invalid(reference.ToDisplayString(), "it names no server");
        var plain = reference with { Parameters = new Dictionary<string, string>(), Authority = server with { User = null, Password = null } };
        var root = new Uri(plain.ToString().TrimEnd('/') + "/");
        return new HttpCacheFiles(root, new CacheTransport(root, new BasicAuthorizer(server, options), options), plain.ToString());
    }

    /// <summary>A name may have a query, and may be the URI of another server: caches have their NARs elsewhere at times.</summary>
    protected override Uri UriOf(string name)
    {
        if (Uri.TryCreate(name, UriKind.Absolute, out var elsewhere))
        {
            var isSafe = elsewhere.Scheme == Uri.UriSchemeHttps || (elsewhere.Scheme == Uri.UriSchemeHttp && _root.Scheme == Uri.UriSchemeHttp);
            return isSafe && elsewhere.UserInfo.Length == 0
                ? elsewhere
                : throw CacheFileName.Refused(name, Place, "it lies on another server, which is not safe to ask");
        }

        CacheFileName.Check(name.Split('?')[0], Place);
        return new Uri(_root.AbsoluteUri + name);
    }
}
