namespace NixSharp.Registries.Engines;

/// <summary>
/// Where a container engine listens: <c>unix:///var/run/docker.sock</c>, or <c>tcp://HOST:PORT</c>, by plain HTTP.
/// </summary>
public sealed record EngineAddress
{
    private const string UnixScheme = "unix://";
    private const string TcpScheme = "tcp://";
    private const string DefaultDocker = "unix:///var/run/docker.sock";
    private const string DefaultPodman = "unix:///run/podman/podman.sock";

    private EngineAddress(string? socket, Uri baseUri, string text)
    {
        Socket = socket;
        BaseUri = baseUri;
        Text = text;
    }

    /// <summary>The path of the unix socket; null where the engine is reached by TCP.</summary>
    public string? Socket { get; }

    internal Uri BaseUri { get; }

    private string Text { get; }

    /// <summary>Docker's: <c>DOCKER_HOST</c>, else <c>/var/run/docker.sock</c>.</summary>
    /// <exception cref="EngineException"><c>DOCKER_HOST</c> is not an address that can be used (<c>NIXS4154</c>).</exception>
    public static EngineAddress Docker(Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var address = Parse(environment("DOCKER_HOST") is { Length: > 0 } host ? host : DefaultDocker);
        return address.Socket is null && environment("DOCKER_TLS_VERIFY") is { Length: > 0 }
            ? throw Invalid(address.Text, "DOCKER_TLS_VERIFY asks for TLS, which is not spoken here with engines")
            : address;
    }

    /// <summary>Podman's: <c>CONTAINER_HOST</c>, else <c>$XDG_RUNTIME_DIR/podman/podman.sock</c> if it is there, else <c>/run/podman/podman.sock</c>.</summary>
    /// <exception cref="EngineException"><c>CONTAINER_HOST</c> is not an address that can be used (<c>NIXS4154</c>).</exception>
    public static EngineAddress Podman(Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        if (environment("CONTAINER_HOST") is { Length: > 0 } host)
        {
            return Parse(host);
        }

        var own = environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? Path.Combine(runtime, "podman", "podman.sock") : null;
        return Parse(own is not null && File.Exists(own) ? UnixScheme + own : DefaultPodman);
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="EngineException">The text is none that can be used (<c>NIXS4154</c>).</exception>
    public static EngineAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(text, out var address) is { } why ? throw Invalid(text, why) : address!;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Text;

    private static string? Read(string text, out EngineAddress? address)
    {
        address = null;
        if (text.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            var path = text[UnixScheme.Length..];
            if (!Path.IsPathFullyQualified(path))
            {
                return "what follows unix:// is no absolute path";
            }

            address = new EngineAddress(path, new Uri("http://engine/"), text);
            return null;
        }

        if (text.StartsWith(TcpScheme, StringComparison.Ordinal))
        {
            if (!Uri.TryCreate($"http://{text[TcpScheme.Length..]}", UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.PathAndQuery != "/")
            {
                return "what follows tcp:// is no host and port";
            }

            address = new EngineAddress(null, uri, text);
            return null;
        }

        return "it starts with neither unix:// nor tcp://";
    }

    private static EngineException Invalid(string text, string why) => new(
        NixErrorCodes.InvalidEngineAddress,
        $"'{text}' cannot be used as the address of a container engine: {why}. Give unix:///PATH or tcp://HOST:PORT; an engine on another machine is reached by 'ssh -L', or by a registry.");
}
