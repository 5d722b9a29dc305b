namespace NixSharp.Registries;

/// <summary>How a registry is talked to.</summary>
public record RegistryOptions
{
    /// <summary>
    /// Talks plain HTTP. Registries on this machine (<c>localhost</c>, <c>127.0.0.0/8</c>, <c>::1</c>) are always
    /// talked to like that; for all others it shows contents and passwords to the network.
    /// </summary>
    public bool PlainHttp { get; init; }

    /// <summary>Where credentials come from, once a registry asks for some. Default: the files of skopeo, Podman and Docker.</summary>
    public CredentialStore Credentials { get; init; } = CredentialStore.Default;

    /// <summary>How often a request is sent before it is given up, where the registry is busy or the connection breaks.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The wait before the second attempt; it doubles with each one, unless the registry says how long to wait.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long a registry may show no sign of life within one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}
