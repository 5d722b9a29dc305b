using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

/// <summary>How a store is served to Nix's clients.</summary>
public sealed record DaemonServerOptions
{
    /// <summary>The defaults.</summary>
    public static DaemonServerOptions Default { get; } = new();

    /// <summary>The newest version of the worker protocol that is offered.</summary>
    public ProtocolVersion NewestVersion { get; init; } = ProtocolVersion.Newest;

    /// <summary>What the server says that it is, to clients that ask.</summary>
    public string Name { get; init; } = $"NixSharp {typeof(DaemonServerOptions).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>How many clients are served at once, at most; more wait.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>The most bytes of a NAR, or of a file or text, that a client may add.</summary>
    public long MaxObjectSize { get; init; } = 1L << 40;

    /// <summary>
    /// The stores that paths may come from instead of being built, where the served store builds by itself; the preferred one
    /// first. They stay open, and are asked for all clients.
    /// </summary>
    public IReadOnlyList<INixStore> Substituters { get; init; } = [];

    /// <summary>How long work that was begun may still take when the server is stopped.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Told of errors of connections, which concern nobody else.</summary>
    public Action<Exception>? OnError { get; init; }
}
