using NixSharp.Derivations;
using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores;

public abstract partial class RemoteStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<BuildResult>> BuildAsync(IReadOnlyList<DerivedPath> paths, BuildOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= BuildOptions.Default;
        if (paths.Count == 0)
        {
            return [];
        }

        return await BuildWithAsync(
            options,
            async (connection, log) =>
            {
                if (!connection.Version.Has(34))
                {
                    return null;
                }

                var results = await connection.AskAsync(
                    WorkerOperation.BuildPathsWithResults,
                    writer => BuildRequest.Write(writer, paths, options.Mode),
                    static (reader, cancellation) => reader.ReadListAsync(reader.ReadKeyedBuildResultAsync, cancellation),
                    log,
                    cancellationToken).ConfigureAwait(false);
                return Match(paths, results);
            },
            cancellationToken).ConfigureAwait(false)
            ?? await BuildWithoutResultsAsync(paths, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<BuildResult> BuildDerivationAsync(StorePath path, Derivation derivation, BuildOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        options ??= BuildOptions.Default;
        return BuildWithAsync(
            options,
            async (connection, log) => Readable(await connection.AskAsync(
                WorkerOperation.BuildDerivation,
                writer => BuildRequest.WriteDerivation(writer, path, derivation, options.Mode),
                (reader, cancellation) => reader.ReadBuildResultAsync(DerivedPath.Of(path, OutputsSpec.All), cancellation),
                log,
                cancellationToken).ConfigureAwait(false)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MissingPaths> QueryMissingAsync(IReadOnlyList<DerivedPath> paths, BuildOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return WithOptionsAsync(
            options ?? BuildOptions.Default,
            connection => connection.AskAsync(
                WorkerOperation.QueryMissing,
                writer => writer.WriteDerivedPaths(paths),
                static (reader, cancellation) => reader.ReadMissingPathsAsync(cancellation),
                null,
                cancellationToken),
            runsCallersCode: false,
            cancellationToken);
    }

    /// <summary>Has the daemon fetch a path from another store, unless it is valid already.</summary>
    /// <exception cref="NixStoreException">No other store that the daemon knows has the path.</exception>
    public Task EnsurePathAsync(StorePath path, CancellationToken cancellationToken = default) =>
        AskAsync(WorkerOperation.EnsurePath, writer => writer.WritePath(path), ReadDone, cancellationToken);

    private Task<T> BuildWithAsync<T>(BuildOptions options, Func<DaemonConnection, Action<DaemonMessage>, Task<T>> build, CancellationToken cancellationToken) =>
        WithOptionsAsync(options, connection => build(connection, new BuildLog(options, StoreDirectory).Take), runsCallersCode: true, cancellationToken);

    private Task<T> WithOptionsAsync<T>(BuildOptions options, Func<DaemonConnection, Task<T>> use, bool runsCallersCode, CancellationToken cancellationToken) => _pool.UseAsync(
        async connection =>
        {
            if (ToSettings(options) is { } settings)
            {
                await connection.SetOptionsAsync(settings, cancellationToken).ConfigureAwait(false);
            }

            return await use(connection).ConfigureAwait(false);
        },
        cancellationToken,
        runsCallersCode);

    /// <summary>Builds with a daemon that says only whether all worked, and finds out what did.</summary>
    private async Task<IReadOnlyList<BuildResult>> BuildWithoutResultsAsync(IReadOnlyList<DerivedPath> paths, BuildOptions options, CancellationToken cancellationToken)
    {
        string? failure = null;
        try
        {
            await BuildWithAsync(
                options,
                (connection, log) => connection.AskAsync(WorkerOperation.BuildPaths, writer => BuildRequest.Write(writer, paths, options.Mode), ReadDone, log, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
        catch (NixStoreException error) when (error.InnerException is RemoteFailure remote)
        {
            failure = remote.Message;
        }

        var results = new List<BuildResult>();
        foreach (var path in paths)
        {
            results.Add(await FindResultAsync(path, failure, cancellationToken).ConfigureAwait(false));
        }

        return results;
    }

    private async Task<BuildResult> FindResultAsync(DerivedPath path, string? failure, CancellationToken cancellationToken)
    {
        if (path is not DerivedPath.Built { Derivation: DerivedPath.Opaque { Path: var derivation }, Outputs: var outputs })
        {
            var isThere = failure is null || (await QueryValidPathsAsync([((DerivedPath.Opaque)path).Path], cancellationToken: cancellationToken).ConfigureAwait(false)).Count > 0;
            return new BuildResult { Path = path, Status = isThere ? BuildStatus.AlreadyValid : BuildStatus.NoSubstituters, ErrorMessage = isThere ? "" : failure! };
        }

        var read = await ReadDerivationAsync(derivation, cancellationToken).ConfigureAwait(false);
        var wanted = read.GetOutputPaths().Where(output => outputs.Contains(output.Key)).ToDictionary();
        var valid = await QueryValidPathsAsync([.. wanted.Values], cancellationToken: cancellationToken).ConfigureAwait(false);
        return failure is not null && (wanted.Count == 0 || valid.Count < wanted.Count)
            ? new BuildResult { Path = path, Status = BuildStatus.MiscFailure, ErrorMessage = failure }
            : new BuildResult
            {
                Path = path,
                Status = BuildStatus.Built,
                BuiltOutputs = wanted.ToDictionary(
                    static output => output.Key,
                    static output => new Realisation { Id = new DerivationOutputId(RealisationWire.UnknownHash, output.Key), OutputPath = output.Value }),
            };
    }

    /// <summary>Puts results into the order of the question: daemons have given them in others.</summary>
    private static IReadOnlyList<BuildResult> Match(IReadOnlyList<DerivedPath> paths, List<BuildResult> results)
    {
        var byPath = results.GroupBy(static result => result.Path).ToDictionary(static group => group.Key, static group => group.First());
        return [.. paths.Select(path => byPath.TryGetValue(path, out var result)
            ? Readable(result)
            : new BuildResult { Path = path, Status = BuildStatus.MiscFailure, ErrorMessage = "The daemon says nothing of it." })];
    }

    private static BuildResult Readable(BuildResult result) => result with { ErrorMessage = TerminalText.Strip(result.ErrorMessage) };

    /// <summary>The settings that options mean; null where all is the daemon's own.</summary>
    private static ClientOptions? ToSettings(BuildOptions options)
    {
        var plain = BuildOptions.Default with { Mode = options.Mode, Log = options.Log, Progress = options.Progress, Substituters = options.Substituters };
        if (options == plain)
        {
            return null;
        }

        var overrides = new Dictionary<string, string>();
        if (options.Timeout is { } timeout)
        {
            overrides["timeout"] = ((long)Math.Ceiling(timeout.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return new ClientOptions
        {
            KeepFailed = options.KeepFailed,
            KeepGoing = options.KeepGoing,
            MaxBuildJobs = options.MaxJobs ?? Environment.ProcessorCount,
            BuildCores = options.Cores ?? 0,
            MaxSilentTime = options.MaxSilentTime is { } silent ? (long)Math.Ceiling(silent.TotalSeconds) : 0,
            UseSubstitutes = options.UseSubstitutes,
            Overrides = overrides,
        };
    }
}
