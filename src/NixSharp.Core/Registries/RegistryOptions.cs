using NixSharp.Registries.Configuration;

namespace NixSharp.Registries;

/// <summary>How a registry is talked to.</summary>
public record RegistryOptions
{
    /// <summary>The most requests at one time where <see cref="Connections"/> says nothing.</summary>
    public const int MostConnections = 16;

    private readonly int? _connections;

    /// <summary>
    /// Talks plain HTTP. Registries on this machine (<c>localhost</c>, <c>127.0.0.0/8</c>, <c>::1</c>) are talked to
    /// like that unless they have TLS; for all others it shows contents and passwords to the network.
    /// </summary>
    public bool PlainHttp { get; init; }

    /// <summary>
    /// Takes any certificate that the registry shows, and plain HTTP where it has no TLS: anybody on the way there can
    /// read and change everything, passwords included. Servers that the registry leads to are checked all the same.
    /// </summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// A folder with the registry's certificates: authorities to trust in <c>*.crt</c>, and <c>*.cert</c> with
    /// <c>*.key</c> to show. Null takes <c>certs.d/HOST:PORT</c> in <c>${XDG_CONFIG_HOME:-~/.config}/containers</c>,
    /// <c>/etc/containers</c> or <c>/etc/docker</c>, whichever is the first to be there.
    /// </summary>
    public string? CertificateFolder { get; init; }

    /// <summary>How registries are reached. Null takes what <see cref="RegistriesConfiguration.Load()"/> finds on this machine.</summary>
    public RegistriesConfiguration? Configuration { get; init; }

    /// <summary>Where credentials come from, once a registry asks for some. Default: the files of skopeo, Podman and Docker.</summary>
    public CredentialStore Credentials { get; init; } = CredentialStore.Default;

    /// <summary>
    /// The most requests at one time, uploads included. Null starts with 4 and goes up to
    /// <see cref="MostConnections"/> while the registry keeps its speed. Fewer are sent while it says that it is busy.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than one.</exception>
    public int? Connections
    {
        get => _connections;
        init
        {
            if (value is { } count)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
            }

            _connections = value;
        }
    }

    /// <summary>
    /// Uploads layers in chunks of so many bytes, or as many as the registry wants at least, each of which is kept in
    /// memory until the registry has it. Null sends each layer in one request, and in chunks where that is refused
    /// as too large.
    /// </summary>
    public int? ChunkSize { get; init; }

    /// <summary>How often a request is sent before it is given up, where the registry is busy or the connection breaks.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The wait before the second attempt; it doubles with each one, unless the registry says how long to wait.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// How long a registry may show no sign of life within one request, and how long one may take in all whose answer
    /// is small: a manifest, a list, a token.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}
