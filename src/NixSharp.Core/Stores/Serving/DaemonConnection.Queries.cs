using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

internal sealed partial class DaemonConnection
{
    private async Task IsValidPathAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(async token => await _store.QueryPathInfoAsync(path, token).ConfigureAwait(false) is not null, _writer.WriteBoolean, cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryPathHashAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            token => _store.GetPathInfoAsync(path, token),
            info => _writer.WriteString(info.NarHash.ToDigestString(HashFormat.Base16)),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryPathsAsync(Func<StorePath, CancellationToken, Task<IReadOnlyList<StorePath>>> query, CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => query(path, token), _writer.WritePaths, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<StorePath>> QueryReferencesAsync(StorePath path, CancellationToken cancellationToken) =>
        (await _store.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false)).References;

    private Task<IReadOnlyList<StorePath>> QueryReferrersAsync(StorePath path, CancellationToken cancellationToken) =>
        _store.Require<IReferrerReader>("tell what refers to a path").QueryReferrersAsync(path, cancellationToken);

    private Task<IReadOnlyList<StorePath>> QueryValidDeriversAsync(StorePath path, CancellationToken cancellationToken) =>
        _store.Require<IReferrerReader>("tell what made a path").QueryValidDeriversAsync(path, cancellationToken);

    private async Task<IReadOnlyList<StorePath>> QueryOutputsAsync(StorePath path, CancellationToken cancellationToken) =>
        [.. (await OutputsOfAsync(path, cancellationToken).ConfigureAwait(false)).Values.OfType<StorePath>()];

    private Task<IReadOnlyDictionary<string, StorePath?>> OutputsOfAsync(StorePath path, CancellationToken cancellationToken) =>
        _store.Require<IReferrerReader>("tell the outputs of derivations").QueryDerivationOutputsAsync(path, cancellationToken);

    private async Task QueryOutputNamesAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => OutputsOfAsync(path, token), outputs => _writer.WriteStringSet(outputs.Keys), cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryOutputMapAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => OutputsOfAsync(path, token), _writer.WriteOutputPaths, cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryDeriverAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => _store.GetPathInfoAsync(path, token), info => _writer.WriteOptionalPath(info.Deriver), cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryHashPartAsync(CancellationToken cancellationToken)
    {
        var part = await _reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            token => _store.Require<IReferrerReader>("find paths by their hash part").QueryPathFromHashPartAsync(part, token),
            _writer.WriteOptionalPath,
            cancellationToken).ConfigureAwait(false);
    }

    private Task QueryAllAsync(CancellationToken cancellationToken) =>
        AnswerAsync(token => _store.Require<IPathLister>("list its paths").ListAsync(token), _writer.WritePaths, cancellationToken);

    private async Task QueryPathInfoAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => _store.QueryPathInfoAsync(path, token), _writer.WriteOptionalPathInfo, cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryValidPathsAsync(CancellationToken cancellationToken)
    {
        var paths = await _reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false);
        var substitute = _reader.Version.Has(27) && await _reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                var valid = await _store.QueryPathInfosAsync(paths, token).ConfigureAwait(false);
                if (substitute && valid.Count < paths.Count && _store is IBuildStore builder)
                {
                    var missing = await FindSubstitutableAsync([.. paths.Where(path => !valid.ContainsKey(path))], token).ConfigureAwait(false);
                    if (missing.Count > 0)
                    {
                        await builder.BuildAsync([.. missing.Select(DerivedPath.Of)], BuildOptions, token).ConfigureAwait(false);
                        valid = await _store.QueryPathInfosAsync(paths, token).ConfigureAwait(false);
                    }
                }

                return valid.Keys;
            },
            _writer.WritePaths,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task QueryRealisationAsync(CancellationToken cancellationToken)
    {
        var id = await _reader.ReadOutputIdAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            token => _store.Require<IRealisationStore>("keep realisations").QueryRealisationAsync(id, token),
            found =>
            {
                IReadOnlyList<Realisation> known = found is null ? [] : [found];
                if (_writer.Version.Has(31))
                {
                    _writer.WriteList(known, _writer.WriteRealisation);
                }
                else
                {
                    _writer.WritePaths(known.Select(static realisation => realisation.OutputPath));
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task AddRealisationAsync(CancellationToken cancellationToken)
    {
        var realisation = _reader.Version.Has(31)
            ? await _reader.ReadRealisationAsync(cancellationToken).ConfigureAwait(false)
            : new Realisation
            {
                Id = await _reader.ReadOutputIdAsync(cancellationToken).ConfigureAwait(false),
                OutputPath = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false),
            };
        await AnswerAsync(
            async token =>
            {
                RequireTrust("say what derivations became");
                await _store.Require<IRealisationStore>("keep realisations").AddRealisationAsync(realisation, token).ConfigureAwait(false);
                return true;
            },
            static _ => { },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task SendNarAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        var isValid = false;
        await AnswerAsync(token => _store.GetPathInfoAsync(path, token), _ => isValid = true, cancellationToken).ConfigureAwait(false);
        if (isValid)
        {
            // An error from here on ends the connection: nothing else would tell the client that the NAR is not whole.
            await _store.ReadNarAsync(path, _output, cancellationToken).ConfigureAwait(false);
            await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
