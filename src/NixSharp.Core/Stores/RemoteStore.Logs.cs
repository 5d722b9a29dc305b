using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    /// <inheritdoc/>
    /// <exception cref="NixStoreException">The log is not on this machine, and the protocol has no way to ask for it.</exception>
    public virtual Task<Stream?> OpenBuildLogAsync(StorePath derivation, CancellationToken cancellationToken = default) => throw new NixStoreException(
        NixErrorCodes.StoreCannot,
        $"The store {Name} cannot show the log of {derivation}: logs cannot be asked for in Nix's worker protocol. Read it on the other machine with 'nix log'.");

    /// <inheritdoc/>
    public Task AddBuildLogAsync(StorePath derivation, Stream log, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        return _pool.UseAsync(
            connection =>
            {
                connection.Require(32, "take logs", "2.6");
                return connection.SendAsync(
                    WorkerOperation.AddBuildLog,
                    writer => writer.WriteString(derivation.BaseName),
                    (writer, cancellation) => DaemonConnection.Framed(writer, frames => NarSending.CopyAsync(log, frames, cancellation), cancellation),
                    ReadDone,
                    cancellationToken);
            },
            cancellationToken,
            runsCallersCode: true);
    }
}
