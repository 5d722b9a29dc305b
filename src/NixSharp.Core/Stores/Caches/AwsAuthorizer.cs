namespace NixSharp.Stores.Caches;

/// <summary>Signs requests to S3; without credentials they go out unsigned, which is enough for public buckets.</summary>
internal sealed class AwsAuthorizer(AwsCredentials? credentials, string region) : ICacheAuthorizer
{
    private static readonly string Empty = CacheDigest.Of([]);

    public void Authorize(HttpRequestMessage message, CacheRequest request)
    {
        if (credentials is null)
        {
            return;
        }

        var uri = message.RequestUri!;
        var digest = message.Content is null ? Empty : request.ContentDigest ?? AwsSignature.Unsigned;
        var headers = request.Headers.Where(static header => header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)).ToDictionary();
        headers["host"] = uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}";
        headers["x-amz-content-sha256"] = digest;
        headers["x-amz-date"] = AwsSignature.Format(DateTimeOffset.UtcNow);
        if (credentials.SessionToken is { } token)
        {
            headers["x-amz-security-token"] = token;
        }

        foreach (var (name, value) in headers.Where(header => header.Key.StartsWith("x-amz-", StringComparison.Ordinal) && !request.Headers.ContainsKey(header.Key)))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Headers.Host = headers["host"];
        message.Headers.TryAddWithoutValidation("Authorization", AwsSignature.Sign(message.Method.Method, uri, headers, digest, credentials, region, "s3"));
    }

    public string Explain() => credentials is null
        ? "No credentials for S3 were found: put some into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into a profile of ~/.aws/credentials. Those of an instance's metadata are not asked for."
        : $"The credentials {credentials} may not do this: check them, the bucket's name, its region and its policy.";
}
