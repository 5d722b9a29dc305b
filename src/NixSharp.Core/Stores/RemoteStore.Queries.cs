using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    /// <inheritdoc/>
    public Task<PathInfo?> QueryPathInfoAsync(StorePath path, CancellationToken cancellationToken = default) => AskAsync(
        WorkerOperation.QueryPathInfo,
        writer => writer.WritePath(path),
        (reader, cancellation) => reader.ReadOptionalPathInfoAsync(path, cancellation),
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<StorePath, PathInfo>> QueryPathInfosAsync(IReadOnlyCollection<StorePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return await QueryPathInfosAsync([.. paths.Distinct()], static _ => { }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<StorePath, PathInfo>> QueryClosureAsync(IReadOnlyCollection<StorePath> roots, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(roots);
        var asked = roots.Distinct().ToList();
        var seen = new HashSet<StorePath>(asked);
        return await QueryPathInfosAsync(asked, info => asked.AddRange(info.References.Where(seen.Add)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StorePath>> ListAsync(CancellationToken cancellationToken = default) =>
        AskAsync(WorkerOperation.QueryAllValidPaths, static _ => { }, static (reader, cancellation) => reader.ReadPathsAsync(cancellation), cancellationToken);

    /// <summary>Which of some paths are valid, sorted.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="substitute">Whether the daemon fetches first what other stores have.</param>
    /// <param name="cancellationToken">Stops the question.</param>
    public Task<IReadOnlyList<StorePath>> QueryValidPathsAsync(IReadOnlyCollection<StorePath> paths, bool substitute = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return _pool.UseAsync(
            connection =>
            {
                if (substitute)
                {
                    connection.Require(27, "fetch paths while it is asked for them", "2.4");
                }

                return connection.AskAsync(
                    WorkerOperation.QueryValidPaths,
                    writer =>
                    {
                        writer.WritePaths(paths);
                        if (writer.Version.Has(27))
                        {
                            writer.WriteBoolean(substitute);
                        }
                    },
                    static (reader, cancellation) => reader.ReadPathsAsync(cancellation),
                    null,
                    cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>What the daemon could fetch of some paths from other stores, sorted by path.</summary>
    public async Task<IReadOnlyList<SubstitutablePathInfo>> QuerySubstitutablePathInfosAsync(IReadOnlyCollection<StorePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var infos = await AskAsync(
            WorkerOperation.QuerySubstitutablePathInfos,
            writer => writer.WriteSubstitutableRequest(paths),
            static (reader, cancellation) => reader.ReadListAsync(reader.ReadSubstitutableAsync, cancellation),
            cancellationToken).ConfigureAwait(false);
        return [.. infos.OrderBy(static info => info.Path)];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StorePath>> QueryReferrersAsync(StorePath path, CancellationToken cancellationToken = default) =>
        AskForPathsAsync(WorkerOperation.QueryReferrers, path, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StorePath>> QueryValidDeriversAsync(StorePath path, CancellationToken cancellationToken = default) =>
        AskForPathsAsync(WorkerOperation.QueryValidDerivers, path, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, StorePath?>> QueryDerivationOutputsAsync(StorePath derivation, CancellationToken cancellationToken = default) => _pool.UseAsync(
        async connection => connection.Version.Has(22)
            ? await connection.AskAsync(
                WorkerOperation.QueryDerivationOutputMap,
                writer => writer.WritePath(derivation),
                static (reader, cancellation) => reader.ReadOutputPathsAsync(cancellation),
                null,
                cancellationToken).ConfigureAwait(false)
            : await ReadOutputPathsAsync(derivation, cancellationToken).ConfigureAwait(false),
        cancellationToken,
        runsCallersCode: true);

    /// <inheritdoc/>
    public Task<StorePath?> QueryPathFromHashPartAsync(string hashPart, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hashPart);
        return AskAsync(
            WorkerOperation.QueryPathFromHashPart,
            writer => writer.WriteString(hashPart),
            static (reader, cancellation) => reader.ReadOptionalPathAsync(cancellation),
            cancellationToken);
    }

    private Task<IReadOnlyList<StorePath>> AskForPathsAsync(WorkerOperation operation, StorePath path, CancellationToken cancellationToken) =>
        AskAsync(operation, writer => writer.WritePath(path), static (reader, cancellation) => reader.ReadPathsAsync(cancellation), cancellationToken);

    /// <summary>Asks for each path of a list that may grow meanwhile.</summary>
    private async Task<Dictionary<StorePath, PathInfo>> QueryPathInfosAsync(List<StorePath> paths, Action<PathInfo> found, CancellationToken cancellationToken)
    {
        var infos = new Dictionary<StorePath, PathInfo>();
        if (paths.Count > 0)
        {
            await _pool.UseAsync(
                connection => connection.AskManyAsync(
                    WorkerOperation.QueryPathInfo,
                    paths,
                    static (writer, path) => writer.WritePath(path),
                    async (reader, path, cancellation) =>
                    {
                        if (await reader.ReadOptionalPathInfoAsync(path, cancellation).ConfigureAwait(false) is { } info)
                        {
                            infos.Add(path, info);
                            found(info);
                        }

                        return path;
                    },
                    cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }

        return infos;
    }

    /// <summary>The outputs as the derivation itself names them, for daemons that cannot be asked.</summary>
    private async Task<IReadOnlyDictionary<string, StorePath?>> ReadOutputPathsAsync(StorePath derivation, CancellationToken cancellationToken)
    {
        var read = await ReadDerivationAsync(derivation, cancellationToken).ConfigureAwait(false);
        return read.Outputs.Keys.ToDictionary(static output => output, read.GetOutputPath);
    }

    private async Task<Derivation> ReadDerivationAsync(StorePath path, CancellationToken cancellationToken)
    {
        var info = await this.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
        DerivationFile.CheckSize(path, info.NarSize);
        using var nar = new MemoryStream();
        await ReadNarAsync(path, nar, cancellationToken).ConfigureAwait(false);
        nar.Position = 0;
        var file = new SingleFileSink();
        Nar.NarReader.Read(nar, file, cancellationToken);
        return Derivation.Parse(file.Contents, path);
    }
}
