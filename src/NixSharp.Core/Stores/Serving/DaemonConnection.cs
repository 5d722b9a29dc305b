using NixSharp.Stores.Protocol;

namespace NixSharp.Stores.Serving;

/// <summary>One client: greets it, and does what it asks for, one thing after the other.</summary>
internal sealed partial class DaemonConnection : IDisposable
{
    private static readonly IReadOnlySet<string> NoFeatures = new HashSet<string>();

    private readonly INixStore _store;
    private readonly WatchedStream _input;
    private readonly Stream _output;
    private readonly bool _isTrusted;
    private readonly DaemonServerOptions _options;
    private readonly WireReader _reader;
    private readonly WireWriter _writer;
    private readonly DaemonLog _log;
    private ClientOptions _client = new();

    public DaemonConnection(INixStore store, Stream input, Stream output, bool isTrusted, DaemonServerOptions options)
    {
        _store = store;
        _input = new WatchedStream(input);
        _output = output;
        _isTrusted = isTrusted;
        _options = options;
        _reader = new WireReader(_input, store.StoreDirectory);
        _writer = new WireWriter(output, store.StoreDirectory);
        _log = new DaemonLog(_writer);
    }

    public void Dispose()
    {
        _input.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }

    public async Task RunAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        try
        {
            var ours = new Handshake(_options.NewestVersion) { DaemonVersion = _options.Name, IsTrusted = _isTrusted, Features = NoFeatures };
            await Handshake.AsDaemonAsync(_reader, _writer, ours, idle.Token).ConfigureAwait(false);
            _writer.WriteMessage(DaemonMessage.Last.Instance);
            await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var number = await _reader.ReadNumberAsync(idle.Token).ConfigureAwait(false);
                await HandleAsync((WorkerOperation)number, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Nothing was being done.
        }
        catch (NixFormatException error)
        {
            // What it said could not be read to its end, so nobody knows where the next word begins.
            await TrySayAsync(error, cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // It hung up.
        }
    }

    private Task HandleAsync(WorkerOperation operation, CancellationToken cancellationToken) => operation switch
    {
        WorkerOperation.IsValidPath => IsValidPathAsync(cancellationToken),
        WorkerOperation.HasSubstitutes => HasSubstitutesAsync(cancellationToken),
        WorkerOperation.QueryPathHash => QueryPathHashAsync(cancellationToken),
        WorkerOperation.QueryReferences => QueryPathsAsync(QueryReferencesAsync, cancellationToken),
        WorkerOperation.QueryReferrers => QueryPathsAsync(QueryReferrersAsync, cancellationToken),
        WorkerOperation.QueryValidDerivers => QueryPathsAsync(QueryValidDeriversAsync, cancellationToken),
        WorkerOperation.QueryDerivationOutputs => QueryPathsAsync(QueryOutputsAsync, cancellationToken),
        WorkerOperation.QueryDerivationOutputNames => QueryOutputNamesAsync(cancellationToken),
        WorkerOperation.QueryDerivationOutputMap => QueryOutputMapAsync(cancellationToken),
        WorkerOperation.QueryDeriver => QueryDeriverAsync(cancellationToken),
        WorkerOperation.QueryPathFromHashPart => QueryHashPartAsync(cancellationToken),
        WorkerOperation.QueryAllValidPaths => QueryAllAsync(cancellationToken),
        WorkerOperation.QueryPathInfo => QueryPathInfoAsync(cancellationToken),
        WorkerOperation.QueryValidPaths => QueryValidPathsAsync(cancellationToken),
        WorkerOperation.QuerySubstitutablePaths => QuerySubstitutablePathsAsync(cancellationToken),
        WorkerOperation.QuerySubstitutablePathInfo => QuerySubstitutablePathInfoAsync(cancellationToken),
        WorkerOperation.QuerySubstitutablePathInfos => QuerySubstitutablePathInfosAsync(cancellationToken),
        WorkerOperation.QueryMissing => QueryMissingAsync(cancellationToken),
        WorkerOperation.QueryRealisation => QueryRealisationAsync(cancellationToken),
        WorkerOperation.RegisterDrvOutput => AddRealisationAsync(cancellationToken),
        WorkerOperation.NarFromPath => SendNarAsync(cancellationToken),
        WorkerOperation.AddToStore => AddToStoreAsync(cancellationToken),
        WorkerOperation.AddTextToStore => AddTextAsync(cancellationToken),
        WorkerOperation.AddToStoreNar => AddNarAsync(cancellationToken),
        WorkerOperation.AddMultipleToStore => AddNarsAsync(cancellationToken),
        WorkerOperation.AddSignatures => AddSignaturesAsync(cancellationToken),
        WorkerOperation.AddBuildLog => AddBuildLogAsync(cancellationToken),
        WorkerOperation.BuildPaths => BuildPathsAsync(cancellationToken),
        WorkerOperation.BuildPathsWithResults => BuildWithResultsAsync(cancellationToken),
        WorkerOperation.BuildDerivation => BuildDerivationAsync(cancellationToken),
        WorkerOperation.EnsurePath => EnsurePathAsync(cancellationToken),
        WorkerOperation.AddTempRoot => AddTemporaryRootAsync(cancellationToken),
        WorkerOperation.AddIndirectRoot => AddIndirectRootAsync(cancellationToken),
        WorkerOperation.AddPermRoot => AddRootAsync(cancellationToken),
        WorkerOperation.SyncWithGC => AnswerAsync(static _ => Task.FromResult(true), _writer.WriteBoolean, cancellationToken),
        WorkerOperation.FindRoots => FindRootsAsync(cancellationToken),
        WorkerOperation.CollectGarbage => CollectGarbageAsync(cancellationToken),
        WorkerOperation.OptimiseStore => OptimiseAsync(cancellationToken),
        WorkerOperation.VerifyStore => VerifyAsync(cancellationToken),
        WorkerOperation.SetOptions => SetOptionsAsync(cancellationToken),
        _ => throw _reader.Invalid($"{(ulong)operation} is nothing that can be asked for here"),
    };

    /// <summary>Does something, while the client is told how it goes, and answers. An error is an answer too.</summary>
    private async Task AnswerAsync<T>(Func<CancellationToken, Task<T>> work, Action<T> write, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!_reader.HasMore)
        {
            _input.Watch(() => Cancel(stop));
        }

        _log.Open();
        T result;
        try
        {
            result = await work(stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            await SayAsync(error, cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndOfStreamException();
        }

        _log.Close(DaemonMessage.Last.Instance);
        write(result);
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="AnswerAsync"/>, where the client sends something in frames meanwhile.</summary>
    private async Task AnswerFramedAsync<T>(Func<Stream, CancellationToken, Task<T>> work, Action<T> write, CancellationToken cancellationToken)
    {
        _log.Open();
        using var frames = new FrameReader(_reader);
        T result;
        try
        {
            result = await work(frames, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The client stops sending once it learns of the error.
            await SayAsync(error, cancellationToken).ConfigureAwait(false);
            await frames.SkipRestAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await frames.SkipRestAsync(cancellationToken).ConfigureAwait(false);
        _log.Close(DaemonMessage.Last.Instance);
        write(result);
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void Cancel(CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work was over before.
        }
    }

    private async Task SayAsync(Exception error, CancellationToken cancellationToken)
    {
        _log.Close(new DaemonMessage.Error(new DaemonError(error.Message)));
        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task TrySayAsync(Exception error, CancellationToken cancellationToken)
    {
        try
        {
            await SayAsync(error, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception other) when (other is IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // It hung up.
        }
    }

    private void RequireTrust(string what)
    {
        if (!_isTrusted)
        {
            throw new NixStoreException(
                NixErrorCodes.ClientNotTrusted,
                $"This client may not {what}, because the daemon does not trust it. Connect as the user that runs the daemon, or as root.");
        }
    }
}
