using NixSharp.Csi.Logging;
using NixSharp.Csi.Metrics;
using NixSharp.Csi.Policies;
using NixSharp.Csi.Publishing;
using NixSharp.Csi.Realising;
using NixSharp.Csi.Services;
using NixSharp.Derivations;
using NixSharp.NarInfos;
using NixSharp.Stores;
using NixSharp.Stores.Uploads;
using NixSharp.Volumes;

namespace NixSharp.Csi;

/// <summary>What is behind the calls: the store and the volumes, opened until it works, and looked after since.</summary>
internal sealed class DriverWork : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(5);

    private readonly CsiOptions _options;
    private readonly DriverMetrics _metrics;
    private readonly DriverLog _log;
    private readonly DriverEvents _events;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile NodeWork? _node;
    private volatile NixException? _problem;
    private INixStore? _store;
    private VolumePool? _pool;
    private Uploader? _uploads;
    private Realisations? _realisations;
    private Task _running = Task.CompletedTask;

    public DriverWork(CsiOptions options, DriverMetrics metrics, DriverLog log, CancellationToken stopping)
    {
        _options = options;
        _metrics = metrics;
        _log = log;
        _events = new DriverEvents(options, log);
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        metrics.Add(new Gauge("nixsharp_csi_ready", "1 while volumes can be published.", () => _node is null ? 0 : 1));
        metrics.Add(new Gauge("nixsharp_csi_realisations_running", "How much is being fetched or built.", () => _realisations?.Running ?? 0));
    }

    /// <summary>Begins to open what is needed.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Ends what is being fetched and built, and the waiting for it, after a time.</summary>
    public void StopSoon(TimeSpan time) => _stopping.CancelAfter(time > TimeSpan.Zero ? time : TimeSpan.Zero);

    /// <summary>What calls need.</summary>
    /// <exception cref="CsiException">It is not there yet.</exception>
    public NodeWork Require() => _node ?? throw new CsiException(
        NixErrorCodes.CsiNotReady,
        $"The driver is not ready: {_problem?.Message ?? "it is starting."} Call again.",
        _problem);

    /// <summary>Looks whether the driver works.</summary>
    /// <returns>False while it is starting.</returns>
    /// <exception cref="NixException">It does not work.</exception>
    public async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        if (_node is null)
        {
            return _problem is null ? false : throw _problem;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbePatience);
        try
        {
            await _pool!.ListLeasesAsync(limit.Token).ConfigureAwait(false);
            if (_store is DaemonStore daemon)
            {
                await daemon.GetDaemonInfoAsync(limit.Token).ConfigureAwait(false);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CsiException(NixErrorCodes.CsiNotReady, $"The store {_store!.Uri} does not answer. See to it.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_realisations is not null)
        {
            await _realisations.WhenIdleAsync().ConfigureAwait(false);
        }

        await _events.DisposeAsync().ConfigureAwait(false);
        if (_uploads is not null)
        {
            await _uploads.DisposeAsync().ConfigureAwait(false);
        }

        if (_store is not null)
        {
            await _store.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!await TryOpenAsync().ConfigureAwait(false))
            {
                await Task.Delay(RetryDelay, _stopping.Token).ConfigureAwait(false);
            }

            await new Maintenance(_options, _store!, _pool!, _node!.Publisher, _realisations!, _metrics, _log).RunAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ready.TrySetCanceled();
        }
    }

    private async Task<bool> TryOpenAsync()
    {
        try
        {
            _store ??= await NixStore.OpenAsync(_options.Store, cancellationToken: _stopping.Token).ConfigureAwait(false);
            _pool = await VolumePool.OpenAsync(
                Path.Combine(_options.StateFolder, "pool"),
                _store,
                new VolumePoolOptions { LeaseGrace = _options.LeaseGrace },
                _stopping.Token).ConfigureAwait(false);
            _uploads ??= await OpenUploadsAsync().ConfigureAwait(false);
            var policy = new PolicyCheck(_options.Policy);
            var realiser = new Realiser(_options, policy);
            var factory = new VolumeFactory(_options, _store, _pool, realiser, policy, _metrics, _log);
            _realisations = new Realisations(_options, realiser, _uploads, _metrics, _log, _events, _stopping.Token);
            var publisher = new VolumePublisher(_options, _pool, factory, _realisations, policy, _metrics, _log, _events);
            _node = new NodeWork(new VolumeAttributes(NixSystem.Current, _store.StoreDirectory), publisher, new VolumeStats(_pool));
            _problem = null;
            _ready.TrySetResult();
            _log.Write(LogLevel.Info, "ready", ("store", _store.Uri), ("pool", _pool.Folder));
            return true;
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            _problem = error as NixException ?? new NixException(NixErrorCodes.UnexpectedFailure, $"The driver cannot open what it needs: {error.Message}", error);
            _log.Write(LogLevel.Error, "not ready", ("code", _problem.Code), ("error", _problem.Message));
            return false;
        }
    }

    private async Task<Uploader?> OpenUploadsAsync()
    {
        if (_options.Cache is not { } cache)
        {
            return null;
        }

        var key = _options.CacheKeyFile is { } file ? await SecretKey.ReadAsync(file, _stopping.Token).ConfigureAwait(false) : null;
        return await Uploader.OpenAsync(
            Path.Combine(_options.StateFolder, "uploads"),
            _store!,
            new UploaderOptions { Destination = cache, SigningKey = key, Events = new UploadReports(_metrics, _log) },
            _stopping.Token).ConfigureAwait(false);
    }

    private sealed class UploadReports(DriverMetrics metrics, DriverLog log) : IProgress<UploadEvent>
    {
        public void Report(UploadEvent value)
        {
            metrics.Uploads.Add(1, value.State.ToString());
            metrics.UploadedBytes.Add(value.Bytes);
            log.Write(
                value.State == UploadState.GivenUp ? LogLevel.Error : value.Error is null ? LogLevel.Info : LogLevel.Warning,
                "upload",
                ("path", value.Path.ToString()),
                ("state", value.State.ToString()),
                ("attempt", value.Attempt),
                ("code", (value.Error as NixException)?.Code),
                ("error", value.Error?.Message));
        }
    }
}
