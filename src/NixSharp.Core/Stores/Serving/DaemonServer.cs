namespace NixSharp.Stores.Serving;

/// <summary>
/// Serves a store to Nix's clients by the worker protocol, versions 1.21 to 1.38, as <c>nix-daemon</c> does. What the store
/// cannot do is answered with an error, and the connection goes on. <see cref="DaemonListener"/> takes connections at a socket.
/// </summary>
public sealed class DaemonServer
{
    private readonly Func<CancellationToken, Task<INixStore>> _open;

    /// <summary>Serves the store that <paramref name="open"/> opens, once for each connection: what a client uses is kept from garbage collectors until it goes.</summary>
    public DaemonServer(Func<CancellationToken, Task<INixStore>> open, DaemonServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        _open = open;
        Options = options ?? DaemonServerOptions.Default;
    }

    /// <summary>How the store is served.</summary>
    public DaemonServerOptions Options { get; }

    /// <summary>Serves one client until it closes the connection.</summary>
    /// <param name="input">What the client says; stays open.</param>
    /// <param name="output">Takes what is said to the client; stays open.</param>
    /// <param name="isTrusted">Whether the client may add unsigned paths, repair, and ignore the signatures of others.</param>
    /// <param name="stopping">Ends the connection once nothing is being done for the client.</param>
    /// <param name="cancellationToken">Ends the connection, and what is being done for the client.</param>
    /// <exception cref="NixException">The client does not speak the protocol, or the store cannot be opened. A client that hangs up is no error.</exception>
    public async Task ServeAsync(Stream input, Stream output, bool isTrusted, CancellationToken stopping = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        var store = await _open(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            using var connection = new DaemonConnection(store, input, output, isTrusted, Options);
            await connection.RunAsync(stopping, cancellationToken).ConfigureAwait(false);
        }
    }
}
