namespace NixSharp.Stores.Caches;

/// <summary>Where a bucket is, and how it is addressed.</summary>
internal sealed record S3Place
{
    /// <summary>The region that signatures are for.</summary>
    public required string Region { get; init; }

    /// <summary>The URI of the cache's folder in the bucket, with a slash at its end.</summary>
    public required Uri Root { get; init; }

    /// <summary>Reads the URI <c>s3://BUCKET/FOLDER?region=...&amp;endpoint=...&amp;scheme=...&amp;addressing-style=...</c>.</summary>
    /// <exception cref="NixStoreException">It names no bucket, or a parameter makes no sense.</exception>
    public static S3Place Of(StoreReference reference)
    {
        var display = reference.ToDisplayString();
        if (reference.Authority is not { Host.Length: > 0, Port: null } authority)
        {
            throw StoreReference.Invalid(display, "it names no bucket");
        }

        var bucket = authority.Host;
        var region = reference.GetParameter("region") is { Length: > 0 } named ? named : "us-east-1";
        var endpoint = reference.GetParameter("endpoint") is { Length: > 0 } given ? given : null;
        var scheme = reference.GetParameter("scheme") switch
        {
            null or "" => Uri.UriSchemeHttps,
            ("http" or "https") and var known => known,
            var other => throw StoreReference.Invalid(display, $"its scheme is '{other}', and http and https are known"),
        };
        var isInHost = reference.GetParameter("addressing-style") switch
        {
            "virtual" => true,
            "path" => false,
            null or "" or "auto" => endpoint is null && IsHostName(bucket, scheme),
            var other => throw StoreReference.Invalid(display, $"its addressing style is '{other}', and auto, path and virtual are known"),
        };
        var server = endpoint is null ? $"{scheme}://s3.{region}.amazonaws.com"
            : endpoint.Contains("://", StringComparison.Ordinal) ? endpoint
            : $"{scheme}://{endpoint}";
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
        {
            throw StoreReference.Invalid(display, $"its endpoint '{endpoint}' is no server");
        }

        var folder = AwsSignature.Encode(reference.Path.Trim('/'), keepSlashes: true);
        var path = uri.AbsolutePath.TrimEnd('/') + (isInHost ? "/" : $"/{AwsSignature.Encode(bucket)}/") + (folder.Length == 0 ? "" : folder + "/");
        return new S3Place
        {
            Region = region,
            Root = new Uri($"{uri.Scheme}://{(isInHost ? bucket + "." : "")}{uri.Authority}{path}"),
        };
    }

    /// <summary>The URI of a file.</summary>
    public Uri UriOf(string name, string query = "") => new(Root.AbsoluteUri + AwsSignature.Encode(name, keepSlashes: true) + query);

    /// <summary>Whether a bucket can be a part of a host's name; a dot in it would not fit Amazon's certificate.</summary>
    private static bool IsHostName(string bucket, string scheme) =>
        bucket.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') && (scheme == "http" || !bucket.Contains('.', StringComparison.Ordinal));
}
