using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    /// <inheritdoc/>
    public Task<Realisation?> QueryRealisationAsync(DerivationOutputId id, CancellationToken cancellationToken = default) => _pool.UseAsync(
        connection =>
        {
            RequireRealisations(connection);
            return connection.AskAsync(
                WorkerOperation.QueryRealisation,
                writer => writer.WriteOutputId(id),
                async (reader, cancellation) =>
                {
                    if (reader.Version.Has(31))
                    {
                        return (await reader.ReadListAsync(reader.ReadRealisationAsync, cancellation).ConfigureAwait(false)).FirstOrDefault();
                    }

                    var paths = await reader.ReadPathsAsync(cancellation).ConfigureAwait(false);
                    return paths is [var path, ..] ? new Realisation { Id = id, OutputPath = path } : null;
                },
                null,
                cancellationToken);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task AddRealisationAsync(Realisation realisation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(realisation);
        return _pool.UseAsync(
            connection =>
            {
                RequireRealisations(connection);
                return connection.AskAsync(
                    WorkerOperation.RegisterDrvOutput,
                    writer =>
                    {
                        if (writer.Version.Has(31))
                        {
                            writer.WriteRealisation(realisation);
                            return;
                        }

                        writer.WriteOutputId(realisation.Id);
                        writer.WritePath(realisation.OutputPath);
                    },
                    NoAnswer,
                    null,
                    cancellationToken);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task AddSignaturesAsync(StorePath path, IReadOnlyCollection<string> signatures, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        return AskAsync(
            WorkerOperation.AddSignatures,
            writer =>
            {
                writer.WritePath(path);
                writer.WriteStringSet(signatures);
            },
            ReadDone,
            cancellationToken);
    }

    private static void RequireRealisations(DaemonConnection connection) => connection.Require(27, "tell what content-addressed outputs became", "2.4");
}
