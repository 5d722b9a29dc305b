using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

/// <summary>
/// A store behind a daemon that speaks Nix's worker protocol. Each request uses a connection of its own, from a pool;
/// what is cancelled ends its connection, and with it the daemon's work.
/// </summary>
public abstract partial class RemoteStore :
    INixStore, IPathLister, IClosureReader, IReferrerReader, IRealisationStore, ISignatureStore, IStoreRoots, IIndirectRoots,
    IGarbageCollector, IStoreOptimiser, IStoreVerifier, IBuildStore, IBuildLogStore
{
    private const int DefaultMaxConnections = 8;
    private readonly DaemonConnectionPool _pool;

    private protected RemoteStore(StoreReference reference, StoreOptions options)
    {
        Reference = reference;
        StoreDirectory = reference.StoreDirectory ?? options.StoreDirectory;
        _pool = new DaemonConnectionPool(
            ConnectAsync,
            (int)Math.Clamp(reference.GetNumber("max-connections") ?? DefaultMaxConnections, 1, int.MaxValue),
            TimeSpan.FromSeconds(Math.Min(reference.GetNumber("max-connection-age") ?? int.MaxValue, int.MaxValue)));
    }

    /// <inheritdoc/>
    public StoreDirectory StoreDirectory { get; }

    /// <inheritdoc/>
    public string Uri => Reference.ToShorthand();

    /// <summary>What the store was opened by.</summary>
    internal StoreReference Reference { get; }

    /// <summary>The newest version of the protocol that is offered to the daemon.</summary>
    internal ProtocolVersion NewestVersion { get; init; } = ProtocolVersion.Newest;

    /// <summary>The URI for messages: without a password.</summary>
    private protected string Name => Reference.ToDisplayString();

    /// <summary>What the daemon says of itself.</summary>
    public Task<DaemonInfo> GetDaemonInfoAsync(CancellationToken cancellationToken = default) => _pool.UseAsync(
        static connection => Task.FromResult(new DaemonInfo(connection.Version, connection.Handshake.DaemonVersion, connection.Handshake.IsTrusted)),
        cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await DisposeRootsAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the way to the daemon.</summary>
    private protected abstract Task<DaemonChannel> OpenChannelAsync(CancellationToken cancellationToken);

    private async Task<DaemonConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var channel = await OpenChannelAsync(cancellationToken).ConfigureAwait(false);
        return await DaemonConnection.OpenAsync(channel, Name, StoreDirectory, NewestVersion, cancellationToken).ConfigureAwait(false);
    }

    private Task<T> AskAsync<T>(
        WorkerOperation operation,
        Action<WireWriter> write,
        Func<WireReader, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken) =>
        _pool.UseAsync(connection => connection.AskAsync(operation, write, read, null, cancellationToken), cancellationToken);

    private static ValueTask<ulong> ReadDone(WireReader reader, CancellationToken cancellationToken) => reader.ReadNumberAsync(cancellationToken);

    private static ValueTask<bool> NoAnswer(WireReader reader, CancellationToken cancellationToken) => ValueTask.FromResult(true);
}
