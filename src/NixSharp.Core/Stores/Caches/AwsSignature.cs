using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NixSharp.Stores.Caches;

/// <summary>AWS's signature version 4, as its reference defines it, in a request's headers.</summary>
internal static class AwsSignature
{
    /// <summary>What stands for the digest of a body that is not known.</summary>
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The time in the form that requests carry in <c>x-amz-date</c>.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Encodes what stands in a URI: everything but letters, digits and <c>-._~</c>, and slashes unless said otherwise.</summary>
    public static string Encode(string text, bool keepSlashes = false) => PercentEncoding.Encode(text, keepSlashes ? "/" : "");

    /// <summary>Makes the value of the header <c>Authorization</c>.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">Its URI, whose path is encoded as <see cref="Encode"/> does.</param>
    /// <param name="headers">The headers that are signed, <c>host</c> and <c>x-amz-date</c> among them.</param>
    /// <param name="digest">The SHA-256 of the body in hexadecimal, or <see cref="Unsigned"/>.</param>
    /// <param name="credentials">Who signs.</param>
    /// <param name="region">The region.</param>
    /// <param name="service">The service, <c>s3</c>.</param>
    public static string Sign(
        string method,
        Uri uri,
        IReadOnlyDictionary<string, string> headers,
        string digest,
        AwsCredentials credentials,
        string region,
        string service)
    {
        var signed = headers
            .Select(static header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(' ', header.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))))
            .OrderBy(static header => header.Name, StringComparer.Ordinal)
            .ToList();
        var names = string.Join(';', signed.Select(static header => header.Name));
        var canonical = string.Join('\n', [
            method,
            uri.AbsolutePath,
            CanonicalQuery(uri.Query),
            .. signed.Select(static header => $"{header.Name}:{header.Value}"),
            "",
            names,
            digest,
        ]);
        var time = signed.First(static header => header.Name == "x-amz-date").Value;
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{CacheDigest.Of(Encoding.UTF8.GetBytes(canonical))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
        foreach (var part in (string[])[time[..8], region, service, "aws4_request"])
        {
            key = Mac(key, part);
        }

        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope},SignedHeaders={names},Signature={Convert.ToHexStringLower(Mac(key, toSign))}";
    }

    private static string CanonicalQuery(string query)
    {
        var parameters = query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static parameter => parameter.Split('=', 2))
            .Select(static parts => (Name: Recode(parts[0]), Value: Recode(parts.ElementAtOrDefault(1) ?? "")))
            .OrderBy(static parameter => parameter.Name, StringComparer.Ordinal)
            .ThenBy(static parameter => parameter.Value, StringComparer.Ordinal);
        return string.Join('&', parameters.Select(static parameter => $"{parameter.Name}={parameter.Value}"));
    }

    private static string Recode(string text) => Encode(Uri.UnescapeDataString(text));

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
