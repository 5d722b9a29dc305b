using System.Net;

namespace NixSharp.Web;

/// <summary>What servers of every kind say in the same way.</summary>
internal static class Answers
{
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(2);

    /// <summary>How long the server wants its client to wait, if it says so; never longer than a user would.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => (TimeSpan?)null,
        };
        return wait is not { } time ? null : time < TimeSpan.Zero ? TimeSpan.Zero : time > MaxRetryAfter ? MaxRetryAfter : time;
    }

    /// <summary>Whether an answer leads elsewhere.</summary>
    public static bool IsRedirect(HttpStatusCode status) => status
        is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Whether what one URI may see, the other may see too.</summary>
    public static bool IsSameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);
}
