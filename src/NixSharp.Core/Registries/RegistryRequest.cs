using System.Net;
using System.Net.Http.Headers;

namespace NixSharp.Registries;

/// <summary>One request, in a form that can be sent again.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Uri">Its URI.</param>
/// <param name="Scope">What it needs to be allowed to do.</param>
/// <param name="Expected">The statuses that the caller knows what to do with; all others are errors.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Uri, RegistryScope Scope, params IReadOnlyList<HttpStatusCode> Expected)
{
    private static readonly HttpRequestOptionsKey<TimeSpan> PatienceKey = new("NixSharp.Patience");
    private static readonly TimeSpan DefaultPatience = new RegistryOptions().Timeout;

    /// <summary>Makes the body, anew for each time that it is sent.</summary>
    public Func<RegistryContent>? Content { get; init; }

    /// <summary>The media types that the answer may have.</summary>
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Where the body belongs in a blob, as <c>FIRST-LAST</c>.</summary>
    public string? ContentRange { get; init; }

    /// <summary>The first byte that is wanted of the answer's body.</summary>
    public long Offset { get; init; }

    /// <summary>The message that goes to <paramref name="target"/>, which redirects may have made another one.</summary>
    public HttpRequestMessage Build(Uri target, RegistryContent? content, TimeSpan patience)
    {
        var message = new HttpRequestMessage(Method, target) { Content = content };
        SetPatience(message, patience);
        foreach (var type in Accept)
        {
            message.Headers.TryAddWithoutValidation("Accept", type);
        }

        if (Offset > 0)
        {
            message.Headers.Range = new RangeHeaderValue(Offset, null);
        }

        if (ContentRange is not null)
        {
            // Not the form that HTTP has for it.
            content?.Headers.TryAddWithoutValidation("Content-Range", ContentRange);
        }

        // A large body is not made before the registry has said that it wants it.
        message.Headers.ExpectContinue = content is { IsLarge: true } ? true : null;
        return message;
    }

    /// <summary>How long the answer to a message is waited for.</summary>
    public static void SetPatience(HttpRequestMessage message, TimeSpan patience) => message.Options.Set(PatienceKey, patience);

    /// <summary>How long the rest of an answer is waited for.</summary>
    public static TimeSpan Patience(HttpResponseMessage response) =>
        response.RequestMessage?.Options.TryGetValue(PatienceKey, out var patience) == true ? patience : DefaultPatience;
}
