using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores.Copying;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

/// <summary>What could be fetched, which may be valid already.</summary>
internal sealed partial class DaemonConnection
{
    private async Task HasSubstitutesAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(async token => (await FindSubstitutableAsync([path], token).ConfigureAwait(false)).Count > 0, _writer.WriteBoolean, cancellationToken).ConfigureAwait(false);
    }

    private async Task QuerySubstitutablePathsAsync(CancellationToken cancellationToken)
    {
        var paths = await _reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => FindSubstitutableAsync(paths, token), _writer.WritePaths, cancellationToken).ConfigureAwait(false);
    }

    private async Task QuerySubstitutablePathInfoAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token => (await DescribeSubstitutableAsync([path], token).ConfigureAwait(false)).SingleOrDefault(),
            info =>
            {
                _writer.WriteBoolean(info is not null);
                if (info is not null)
                {
                    _writer.WriteSubstitutableDetails(info);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task QuerySubstitutablePathInfosAsync(CancellationToken cancellationToken)
    {
        var paths = await _reader.ReadSubstitutableRequestAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            token => DescribeSubstitutableAsync(paths, token),
            infos => _writer.WriteList(infos, _writer.WriteSubstitutable),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<StorePath>> FindSubstitutableAsync(IReadOnlyList<StorePath> paths, CancellationToken cancellationToken)
    {
        if (_options.Substituters.Count > 0)
        {
            return [.. (await AskSubstitutersAsync(paths, cancellationToken).ConfigureAwait(false)).Select(static path => path.Info.Path)];
        }

        // The store may have substituters of its own, as another daemon has.
        return _store is IBuildStore builder
            ? [.. (await builder.QueryMissingAsync([.. paths.Select(DerivedPath.Of)], QueryOptions, cancellationToken).ConfigureAwait(false)).WillSubstitute.Intersect(paths)]
            : [];
    }

    private async Task<IReadOnlyList<SubstitutablePathInfo>> DescribeSubstitutableAsync(IReadOnlyList<StorePath> paths, CancellationToken cancellationToken)
    {
        var infos = new List<SubstitutablePathInfo>();
        foreach (var path in await AskSubstitutersAsync(paths, cancellationToken).ConfigureAwait(false))
        {
            var downloadSize = await path.QueryDownloadSizeAsync(cancellationToken).ConfigureAwait(false);
            infos.Add(new SubstitutablePathInfo(path.Info.Path, path.Info.Deriver, path.Info.References, downloadSize, path.Info.NarSize));
        }

        return infos;
    }

    private async Task<IReadOnlyCollection<SubstitutablePath>> AskSubstitutersAsync(IReadOnlyList<StorePath> paths, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<StorePath, SubstitutablePath>();
        var substituters = _client.UseSubstitutes ? _options.Substituters : [];
        foreach (var substituter in substituters.Where(substituter => substituter.StoreDirectory == _store.StoreDirectory))
        {
            try
            {
                var infos = await substituter.QueryPathInfosAsync([.. paths.Where(path => !found.ContainsKey(path))], cancellationToken).ConfigureAwait(false);
                foreach (var info in infos.Values)
                {
                    found.TryAdd(info.Path, new SubstitutablePath(info, substituter));
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Another may have them.
                _options.OnError?.Invoke(error);
            }
        }

        return found.Values;
    }
}
