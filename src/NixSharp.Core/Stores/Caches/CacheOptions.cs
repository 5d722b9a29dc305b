namespace NixSharp.Stores.Caches;

/// <summary>How a <see cref="BinaryCacheStore"/> talks to its cache, and what it remembers of it.</summary>
public sealed record CacheOptions
{
    /// <summary>The defaults.</summary>
    public static CacheOptions Default { get; } = new();

    /// <summary>
    /// Whether lookups in caches on other machines are remembered on this one's disk, those that found nothing as well.
    /// </summary>
    public bool RememberLookups { get; init; } = true;

    /// <summary>
    /// The folder in which lookups are remembered; null for <c>${XDG_CACHE_HOME:-~/.cache}/nixsharp</c>. Several
    /// processes may share it.
    /// </summary>
    public string? LookupFolder { get; init; }

    /// <summary>How long it is believed that a path is in a cache: Nix's <c>narinfo-cache-positive-ttl</c>.</summary>
    public TimeSpan PositiveLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long it is believed that a path is not in a cache: Nix's <c>narinfo-cache-negative-ttl</c>.</summary>
    public TimeSpan NegativeLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether everything is asked anew, as by Nix's <c>--refresh</c>. The answers are remembered all the same.</summary>
    public bool Refresh { get; init; }

    /// <summary>
    /// The file with names and passwords for servers, by host: Nix's <c>netrc-file</c>. Null for <c>/etc/nix/netrc</c>
    /// and then <c>~/.netrc</c>, as far as they are there and can be read.
    /// </summary>
    public string? NetrcFile { get; init; }

    /// <summary>
    /// What signs requests to S3; null for the profile that the URI names, the environment
    /// (<c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>, <c>AWS_SESSION_TOKEN</c>), or the usual profile.
    /// </summary>
    public AwsCredentials? AwsCredentials { get; init; }

    /// <summary>How many requests are under way at once: Nix's <c>http-connections</c>.</summary>
    public int Connections { get; init; } = 25;

    /// <summary>How often a request is sent before it is given up, where the server is busy or the connection breaks: Nix's <c>download-attempts</c>.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The wait before the second attempt; it doubles with each one, unless the server says how long to wait.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a server may show no sign of life: Nix's <c>stalled-download-timeout</c>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}
