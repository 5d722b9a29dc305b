using NixSharp.Compression;
using NixSharp.StorePaths;
using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

internal sealed partial class DaemonConnection
{
    // NARs up to this size wait in memory for others, to become valid together.
    private const int SmallNar = 256 * 1024;
    private const int MaxWaiting = 16 * 1024 * 1024;
    private const int MaxWaitingPaths = 512;

    private async Task AddTextAsync(CancellationToken cancellationToken)
    {
        var name = await _reader.ReadNameAsync(cancellationToken).ConfigureAwait(false);
        var text = await _reader.ReadBytesAsync(cancellationToken).ConfigureAwait(false);
        var references = await _reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                using var contents = await AddedContents.OfFileAsync(new MemoryStream(text, writable: false), _options.MaxObjectSize, token).ConfigureAwait(false);
                return await AddContentsAsync(contents, new AddToStoreRequest
                {
                    Name = name,
                    Method = ContentAddressMethod.Text,
                    Algorithm = Hashing.NixHashAlgorithm.Sha256,
                    References = references,
                }, token).ConfigureAwait(false);
            },
            info => _writer.WritePath(info.Path),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task AddToStoreAsync(CancellationToken cancellationToken)
    {
        var request = await AddToStoreRequest.ReadAsync(_reader, cancellationToken).ConfigureAwait(false);
        if (_reader.Version.Has(25))
        {
            await AnswerFramedAsync(
                async (dump, token) =>
                {
                    using var contents = request.Method == ContentAddressMethod.Nar
                        ? await AddedContents.OfNarAsync(dump, _options.MaxObjectSize, token).ConfigureAwait(false)
                        : await AddedContents.OfFileAsync(dump, _options.MaxObjectSize, token).ConfigureAwait(false);
                    return await AddContentsAsync(contents, request, token).ConfigureAwait(false);
                },
                info => _writer.WritePathInfo(info),
                cancellationToken).ConfigureAwait(false);
            return;
        }

        // The NAR has no frame, so it is read to its end before anything else is said.
        using var received = await AddedContents.OfNarAsync(new WireStream(_reader), _options.MaxObjectSize, cancellationToken).ConfigureAwait(false);
        await AnswerAsync(token => AddContentsAsync(received, request, token), info => _writer.WritePath(info.Path), cancellationToken).ConfigureAwait(false);
    }

    private async Task<PathInfo> AddContentsAsync(AddedContents contents, AddToStoreRequest request, CancellationToken cancellationToken)
    {
        if (request.Repair)
        {
            RequireTrust("repair paths");
        }

        var info = contents.Describe(request.Name, request.Method, request.Algorithm, request.References, _store.StoreDirectory, cancellationToken);
        using (var nar = contents.OpenNar())
        {
            await _store.AddNarAsync(info, nar, new AddNarOptions { Repair = request.Repair, CheckSignatures = false }, cancellationToken).ConfigureAwait(false);
        }

        return await _store.GetPathInfoAsync(info.Path, cancellationToken).ConfigureAwait(false);
    }

    private async Task AddNarAsync(CancellationToken cancellationToken)
    {
        var request = await AddNarRequest.ReadAsync(_reader, cancellationToken).ConfigureAwait(false);
        if (_reader.Version.Has(23))
        {
            await AnswerFramedAsync(
                async (nar, token) =>
                {
                    var options = Allow(request.Repair, request.CheckSignatures);
                    await _store.AddNarAsync(Allow(request.Info), nar, options, token).ConfigureAwait(false);
                    return true;
                },
                static _ => { },
                cancellationToken).ConfigureAwait(false);
            return;
        }

        _log.Open();
        try
        {
            var (info, options) = (Allow(request.Info), Allow(request.Repair, request.CheckSignatures));
            using var nar = new PulledStream(_reader, _log, info.NarSize);
            await _store.AddNarAsync(info, nar, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            await SayAsync(error, cancellationToken).ConfigureAwait(false);
            return;
        }

        _log.Close(DaemonMessage.Last.Instance);
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task AddNarsAsync(CancellationToken cancellationToken)
    {
        var repair = await _reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false);
        var check = !await _reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false);
        await AnswerFramedAsync(
            async (entries, token) =>
            {
                using var reader = new WireReader(entries, _store.StoreDirectory) { Version = _reader.Version };
                await ReceiveAsync(reader, repair, check, token).ConfigureAwait(false);
                return true;
            },
            static _ => { },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(WireReader entries, bool repair, bool check, CancellationToken cancellationToken)
    {
        var waiting = new List<NarSource>();
        var size = 0L;
        var options = Allow(repair, check);
        for (var left = await entries.ReadNumberAsync(cancellationToken).ConfigureAwait(false); left > 0; left--)
        {
            var info = Allow(await entries.ReadPathInfoAsync(cancellationToken, PathInfoWire.EntryVersion).ConfigureAwait(false));
            using var nar = new WireStream(entries, info.NarSize);
            if (info.NarSize <= SmallNar)
            {
                var bytes = new byte[info.NarSize];
                await nar.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
                waiting.Add(new NarSource(info, (output, token) => output.WriteAsync(bytes, token).AsTask()));
                size += info.NarSize;
                if (size >= MaxWaiting || waiting.Count == MaxWaitingPaths)
                {
                    await AddWaitingAsync().ConfigureAwait(false);
                }

                continue;
            }

            await AddWaitingAsync().ConfigureAwait(false);
            await _store.AddNarAsync(info, nar, options, cancellationToken).ConfigureAwait(false);
            await SkipAsync(nar, cancellationToken).ConfigureAwait(false);
        }

        await AddWaitingAsync().ConfigureAwait(false);

        async Task AddWaitingAsync()
        {
            await _store.AddNarsAsync(waiting, options, cancellationToken).ConfigureAwait(false);
            waiting.Clear();
            size = 0;
        }
    }

    /// <summary>How a client may add paths: only one that is trusted without signatures.</summary>
    private AddNarOptions Allow(bool repair, bool check)
    {
        if (repair)
        {
            RequireTrust("repair paths");
        }

        return new AddNarOptions { Repair = repair, CheckSignatures = check || !_isTrusted };
    }

    /// <summary>What a client says of a path, with no more weight than it has.</summary>
    private PathInfo Allow(PathInfo info) => info.NarSize <= _options.MaxObjectSize
        ? info with { Ultimate = info.Ultimate && _isTrusted }
        : throw new NixStoreException(
            NixErrorCodes.ObjectTooLarge,
            $"{info.Path} has a NAR of {info.NarSize} bytes, and this daemon takes at most {_options.MaxObjectSize}. Raise its limit.");

    private static async Task SkipAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var block = new PooledBlock(WireFormat.FrameSize);
        while (await stream.ReadAsync(block.Buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    private async Task AddSignaturesAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        var signatures = await _reader.ReadNamesAsync(cancellationToken).ConfigureAwait(false);
        await AnswerAsync(
            async token =>
            {
                await _store.Require<ISignatureStore>("keep signatures").AddSignaturesAsync(path, signatures, token).ConfigureAwait(false);
                return true;
            },
            _writer.WriteBoolean,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task AddBuildLogAsync(CancellationToken cancellationToken)
    {
        var path = await _reader.ReadPathAsync(cancellationToken).ConfigureAwait(false);
        await AnswerFramedAsync(
            async (log, token) =>
            {
                RequireTrust("add build logs");
                await _store.Require<IBuildLogStore>("keep build logs").AddBuildLogAsync(path, log, token).ConfigureAwait(false);
                return true;
            },
            _writer.WriteBoolean,
            cancellationToken).ConfigureAwait(false);
    }
}
