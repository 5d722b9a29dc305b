namespace NixSharp.Registries;

/// <summary>Where a registry sends its clients on to: an upload session, or the server that has the bytes.</summary>
internal static class RegistryLocation
{
    /// <summary>The absolute form of an answer's <c>Location</c>, which may be relative and may carry a query.</summary>
    public static Uri Read(HttpResponseMessage response)
    {
        var from = response.RequestMessage!.RequestUri!;
        var text = response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
        if (text is null || !Uri.TryCreate(from, text, out var target))
        {
            throw RegistryAnswer.Malformed(response, "it has no usable Location");
        }

        // Registries behind a proxy that ends TLS often name themselves http.
        if (from.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp && target.Host == from.Host)
        {
            var port = target.IsDefaultPort ? from.Port : target.Port;
            target = new UriBuilder(target) { Scheme = Uri.UriSchemeHttps, Port = port }.Uri;
        }

        var allowed = target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return allowed && target.UserInfo.Length == 0
            ? target
            : throw RegistryAnswer.Malformed(response, $"its Location leads to {RegistryAnswer.Show(target)}, which is not safe to follow");
    }

    /// <summary>The same URI with one more parameter.</summary>
    public static Uri WithParameter(Uri uri, string name, string value)
    {
        var parameter = $"{name}={Uri.EscapeDataString(value)}";
        return new Uri(uri.Query.Length > 1 ? $"{uri.GetLeftPart(UriPartial.Query)}&{parameter}" : $"{uri.GetLeftPart(UriPartial.Path)}?{parameter}");
    }
}
