using System.Globalization;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

internal sealed partial class DaemonConnection
{
    /// <summary>What the client wishes of builds, with its log.</summary>
    private BuildOptions BuildOptions => new()
    {
        KeepGoing = _client.KeepGoing,
        KeepFailed = _client.KeepFailed,
        MaxJobs = _client.MaxBuildJobs > 0 ? _client.MaxBuildJobs : null,
        Cores = _client.BuildCores > 0 ? _client.BuildCores : null,
        MaxSilentTime = _client.MaxSilentTime is > 0 and < int.MaxValue ? TimeSpan.FromSeconds(_client.MaxSilentTime) : null,
        Timeout = Setting("timeout") ?? Setting("build-timeout"),
        UseSubstitutes = _client.UseSubstitutes,
        Substituters = _options.Substituters,
        Log = _log.SayLine,
    };

    /// <summary>What of it counts where nothing is built. Mostly the defaults, for which another daemon needs no connection of its own.</summary>
    private BuildOptions QueryOptions => new() { UseSubstitutes = _client.UseSubstitutes, Substituters = _options.Substituters };

    private TimeSpan? Setting(string name) =>
        _client.Overrides.TryGetValue(name, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private IBuildStore Builder => _store.Require<IBuildStore>("build");

    private async Task SetOptionsAsync(CancellationToken cancellationToken)
    {
        _client = await ClientOptions.ReadAsync(_reader, cancellationToken).ConfigureAwait(false);
        await AnswerAsync(static _ => Task.FromResult(true), static _ => { }, cancellationToken).ConfigureAwait(false);
    }

    private async Task BuildPathsAsync(CancellationToken cancellationToken)
    {
        var (paths, mode) = await BuildRequest.ReadAsync(_reader, cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                var failures = (await BuildAsync(paths, mode, token).ConfigureAwait(false)).Where(static result => !result.IsSuccess).ToList();
                return failures.Count == 0 ? true : throw Failed(failures);
            },
            _writer.WriteBoolean,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task BuildWithResultsAsync(CancellationToken cancellationToken)
    {
        var (paths, mode) = await BuildRequest.ReadAsync(_reader, cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            token => BuildAsync(paths, mode, token),
            results => _writer.WriteList(results, _writer.WriteKeyedBuildResult),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task BuildDerivationAsync(CancellationToken cancellationToken)
    {
        var (path, derivation, mode) = await BuildRequest.ReadDerivationAsync(_reader, cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            token =>
            {
                RefuseRepair(mode);
                if (derivation.Kind is DerivationKind.InputAddressed or DerivationKind.Deferred)
                {
                    // Its outputs' paths do not follow from what is built.
                    RequireTrust("build an input-addressed derivation that is not in the store");
                }

                return Builder.BuildDerivationAsync(path, derivation, BuildOptions with { Mode = mode }, token);
            },
            _writer.WriteBuildResult,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task EnsurePathAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                if (await _store.QueryPathInfoAsync(path, token).ConfigureAwait(false) is null)
                {
                    var failures = (await BuildAsync([DerivedPath.Of(path)], BuildMode.Normal, token).ConfigureAwait(false)).Where(static result => !result.IsSuccess).ToList();
                    return failures.Count == 0 ? true : throw Failed(failures);
                }

                return true;
            },
            _writer.WriteBoolean,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryMissingAsync(CancellationToken cancellationToken)
    {
        var paths = await _reader.ReadDerivedPathsAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                if (_store is IBuildStore builder)
                {
                    return await builder.QueryMissingAsync(paths, QueryOptions, token).ConfigureAwait(false);
                }

                // A store that neither builds nor fetches knows no more than what it has.
                var asked = paths.Select(static path => path is DerivedPath.Opaque opaque ? opaque.Path : (StorePath?)null).OfType<StorePath>().ToList();
                var valid = await _store.QueryPathInfosAsync(asked, token).ConfigureAwait(false);
                return new MissingPaths([], [], [.. asked.Where(path => !valid.ContainsKey(path))], 0, 0);
            },
            _writer.WriteMissingPaths,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<BuildResult>> BuildAsync(IReadOnlyList<DerivedPath> paths, BuildMode mode, CancellationToken cancellationToken)
    {
        RefuseRepair(mode);
        if (_store is not IBuildStore && mode == BuildMode.Normal && await AreValidAsync(paths, cancellationToken).ConfigureAwait(false))
        {
            return [.. paths.Select(static path => new BuildResult { Path = path, Status = BuildStatus.AlreadyValid })];
        }

        return await Builder.BuildAsync(paths, BuildOptions with { Mode = mode }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether nothing has to be built: clients ask for that before they copy.</summary>
    private async Task<bool> AreValidAsync(IReadOnlyList<DerivedPath> paths, CancellationToken cancellationToken)
    {
        var asked = paths.OfType<DerivedPath.Opaque>().Select(static path => path.Path).Distinct().ToList();
        return paths.All(static path => path is DerivedPath.Opaque)
            && (await _store.QueryPathInfosAsync(asked, cancellationToken).ConfigureAwait(false)).Count == asked.Count;
    }

    private void RefuseRepair(BuildMode mode)
    {
        if (mode == BuildMode.Repair)
        {
            RequireTrust("repair paths");
        }
    }

    private static NixStoreException Failed(List<BuildResult> failures)
    {
        var others = failures.Count > 1 ? $" ({failures.Count - 1} more failed)" : "";
        return new NixStoreException(NixErrorCodes.DaemonFailed, $"{failures[0].Path} could not be built: {failures[0].ErrorMessage}{others}");
    }
}
