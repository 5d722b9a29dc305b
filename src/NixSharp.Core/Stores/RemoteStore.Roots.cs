using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    private readonly SemaphoreSlim _rootsGate = new(1);
    private readonly HashSet<StorePath> _temporaryRoots = [];
    private DaemonConnection? _rootsConnection;

    /// <inheritdoc/>
    public async Task AddTemporaryRootAsync(StorePath path, CancellationToken cancellationToken = default)
    {
        // The daemon keeps a path for as long as the connection is open, so these have one that nothing else ends.
        await _rootsGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var wanted = new List<StorePath> { path };
            if (_rootsConnection is not { IsUsable: true })
            {
                await DropRootsConnectionAsync().ConfigureAwait(false);
                wanted.AddRange(_temporaryRoots);
                _rootsConnection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            }

            await _rootsConnection.AskManyAsync(
                WorkerOperation.AddTempRoot,
                wanted,
                static (writer, root) => writer.WritePath(root),
                static (reader, _, cancellation) => reader.ReadNumberAsync(cancellation),
                cancellationToken).ConfigureAwait(false);
            _temporaryRoots.Add(path);
        }
        finally
        {
            _rootsGate.Release();
        }
    }

    /// <summary>Makes <paramref name="link"/>, a path on the daemon's machine, a symlink to <paramref name="path"/> and a GC root. Only trusted users may.</summary>
    /// <exception cref="NixStoreException">The daemon cannot (it needs 1.36, Nix 2.20), or does not let this user.</exception>
    public virtual Task AddRootAsync(string link, StorePath path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(link);
        return _pool.UseAsync(
            connection =>
            {
                connection.Require(36, "make roots on the other side", "2.20");
                return connection.AskAsync(
                    WorkerOperation.AddPermRoot,
                    writer =>
                    {
                        writer.WritePath(path);
                        writer.WriteString(link);
                    },
                    static (reader, cancellation) => reader.ReadNameAsync(cancellation),
                    null,
                    cancellationToken);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<GcRoot>> FindRootsAsync(CancellationToken cancellationToken = default) =>
        AskAsync(WorkerOperation.FindRoots, static _ => { }, static (reader, cancellation) => reader.ReadRootsAsync(cancellation), cancellationToken);

    /// <summary>Tells the daemon of a symlink on its own machine that keeps what it leads to.</summary>
    public Task AddIndirectRootAsync(string link, CancellationToken cancellationToken = default) =>
        AskAsync(WorkerOperation.AddIndirectRoot, writer => writer.WriteString(link), ReadDone, cancellationToken);

    private async ValueTask DisposeRootsAsync()
    {
        await DropRootsConnectionAsync().ConfigureAwait(false);
        _rootsGate.Dispose();
    }

    private async ValueTask DropRootsConnectionAsync()
    {
        if (Interlocked.Exchange(ref _rootsConnection, null) is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
