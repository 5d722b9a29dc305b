using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

/// <summary>The store of another machine, whose daemon's protocol is spoken through <c>ssh</c>: <c>ssh-ng://[USER@]HOST</c>.</summary>
public sealed class SshStore : RemoteStore
{
    private readonly SshCommand _command;

    private SshStore(StoreReference reference, StoreOptions options)
        : base(reference, options)
    {
        _command = new SshCommand(reference);
    }

    /// <summary>Opens the store that <paramref name="reference"/> names, which is of kind <see cref="StoreKind.SshNg"/>.</summary>
    /// <exception cref="NixStoreException">The host cannot be reached, or there is no Nix on it.</exception>
    internal static async Task<SshStore> OpenAsync(StoreReference reference, StoreOptions? options, CancellationToken cancellationToken)
    {
        var store = new SshStore(reference, options ?? StoreOptions.Default);
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

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _command.Dispose();
    }

    private protected override Task<DaemonChannel> OpenChannelAsync(CancellationToken cancellationToken) =>
        Task.Run<DaemonChannel>(() => ProgramChannel.Start(_command.Build(Environment.GetEnvironmentVariable("NIX_SSHOPTS") ?? "")), cancellationToken);
}
