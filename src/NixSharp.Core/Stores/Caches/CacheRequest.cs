using System.Net;
using System.Net.Http.Headers;

namespace NixSharp.Stores.Caches;

/// <summary>One request, in a form that can be sent again.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Uri">Its URI.</param>
/// <param name="Expected">The statuses that the caller knows what to do with; all others are errors.</param>
internal sealed record CacheRequest(HttpMethod Method, Uri Uri, params IReadOnlyList<HttpStatusCode> Expected)
{
    /// <summary>Makes the body, anew for each time that it is sent.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>The SHA-256 of the body, in hexadecimal; null where it is not known or there is none.</summary>
    public string? ContentDigest { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Where in the file to begin.</summary>
    public long Offset { get; init; }

    /// <summary>The state of the file that <see cref="Offset"/> is meant for.</summary>
    public RangeConditionHeaderValue? Condition { get; init; }

    /// <summary>The message that goes to <paramref name="target"/>, which redirects may have made another one.</summary>
    public HttpRequestMessage Build(Uri target)
    {
        var message = new HttpRequestMessage(Method, target)
        {
            Content = Content?.Invoke(),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (Offset > 0)
        {
            message.Headers.Range = new RangeHeaderValue(Offset, null);
            message.Headers.IfRange = Condition;
        }

        return message;
    }
}
