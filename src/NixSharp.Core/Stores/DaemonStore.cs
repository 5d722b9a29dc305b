using NixSharp.Building;
using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores.Garbage;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

/// <summary>
/// The store of a daemon on this machine: <c>daemon</c>, <c>unix:///PATH</c>. What it holds lies on this machine as
/// files too, and is read from there; <c>root=</c> says where, if it is a chroot store.
/// </summary>
public sealed partial class DaemonStore : RemoteStore, IFileSystemStore
{
    private DaemonStore(StoreReference reference, StoreOptions options)
        : base(reference, options)
    {
        Socket = reference.Path.Length > 0 ? reference.Path : DefaultSocket;
        Layout = new StoreLayout(reference.Root, StoreDirectory)
        {
            RealFolder = reference.RealFolder,
            StateFolder = reference.StateFolder,
        };
    }

    /// <summary>The socket that <c>daemon</c> means: <c>$NIX_DAEMON_SOCKET_PATH</c>, or the one in Nix's own state folder.</summary>
    public static string DefaultSocket =>
        Environment.GetEnvironmentVariable("NIX_DAEMON_SOCKET_PATH") is { Length: > 0 } socket
            ? socket
            : Path.Combine(Environment.GetEnvironmentVariable("NIX_STATE_DIR") is { Length: > 0 } state ? state : "/nix/var/nix", "daemon-socket", "socket");

    /// <summary>The daemon's socket.</summary>
    public string Socket { get; }

    /// <summary>Where the store keeps what on this machine.</summary>
    public StoreLayout Layout { get; }

    /// <summary>Opens the store behind the socket at <paramref name="socket"/>, or behind <see cref="DefaultSocket"/>.</summary>
    /// <exception cref="NixStoreException">Nobody listens there, or not a daemon.</exception>
    public static Task<DaemonStore> OpenAsync(string? socket = null, StoreOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(new StoreReference(StoreKind.Daemon, socket ?? ""), options, cancellationToken);

    /// <summary>Opens the store that <paramref name="reference"/> names, which is of kind <see cref="StoreKind.Daemon"/>.</summary>
    internal static Task<DaemonStore> OpenAsync(StoreReference reference, StoreOptions? options, CancellationToken cancellationToken) =>
        OpenAsync(reference, options, ProtocolVersion.Newest, cancellationToken);

    internal static async Task<DaemonStore> OpenAsync(StoreReference reference, StoreOptions? options, ProtocolVersion newest, CancellationToken cancellationToken)
    {
        var store = new DaemonStore(reference, options ?? StoreOptions.Default) { NewestVersion = newest };
        try
        {
            await store.GetDaemonInfoAsync(cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether a daemon answers at the socket that <c>daemon</c> means.</summary>
    internal static async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            var channel = await UnixChannel.ConnectAsync(DefaultSocket, "daemon", cancellationToken).ConfigureAwait(false);
            channel.Abort();
            await channel.DisposeAsync().ConfigureAwait(false);
            return true;
        }
        catch (NixStoreException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public string GetRealPath(StorePath path) => Layout.RealPathOf(path);

    /// <summary>Makes <paramref name="link"/> a symlink to <paramref name="path"/>, and tells the daemon that it is a root.</summary>
    public override async Task AddRootAsync(string link, StorePath path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(link);
        await AddTemporaryRootAsync(path, cancellationToken).ConfigureAwait(false);
        await this.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
        var full = Path.GetFullPath(link);
        GcRootLink.Write(full, path);
        await AddIndirectRootAsync(full, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The log of the last build of a derivation, where it lies on this machine and this user may read it; null where there is none.</summary>
    public override Task<Stream?> OpenBuildLogAsync(StorePath derivation, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = Reference.GetParameter("log") is { Length: > 0 } given ? Path.GetFullPath(given) : Layout.Logs;
        return Task.FromResult(new BuildLogFolder(folder).Open(derivation));
    }

    private protected override async Task<DaemonChannel> OpenChannelAsync(CancellationToken cancellationToken) =>
        await UnixChannel.ConnectAsync(Socket, Name, cancellationToken).ConfigureAwait(false);

    private protected override string? FindFiles(StorePath path) =>
        GetRealPath(path) is var real && FileTree.Exists(real) ? real : null;
}
