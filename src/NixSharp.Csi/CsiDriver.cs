using NixSharp.Csi.Grpc;
using NixSharp.Csi.Hosting;
using NixSharp.Csi.Logging;
using NixSharp.Csi.Metrics;
using NixSharp.Csi.Services;

namespace NixSharp.Csi;

/// <summary>
/// A driver for the Container Storage Interface whose volumes are closures of Nix store paths: CSI's Identity and Node
/// services at a unix socket. Needs root, and Linux.
/// </summary>
public sealed class CsiDriver : IAsyncDisposable
{
    // What a call needs to be answered once it waits no longer.
    private static readonly TimeSpan CallMargin = TimeSpan.FromSeconds(3);

    private readonly CsiOptions _options;
    private readonly DriverLog _log;
    private readonly DriverMetrics _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly DriverWork _work;
    private KestrelHost? _calls;
    private KestrelHost? _page;
    private int _isDisposed;

    private CsiDriver(CsiOptions options)
    {
        _options = options;
        _log = new DriverLog(options.Log, options.LogFormat);
        _work = new DriverWork(options, _metrics, _log, _stopping.Token);
        SocketPath = GrpcSocket.ParseEndpoint(options.Endpoint);
    }

    /// <summary>The socket that the driver listens at.</summary>
    public string SocketPath { get; }

    /// <summary>Where metrics are served; null where they are not.</summary>
    public Uri? MetricsAddress => _page is null ? null : new Uri(new Uri(_page.Address), "metrics");

    /// <summary>
    /// Starts to answer calls. The store and the volumes on this node are opened meanwhile; until that has worked,
    /// volumes cannot be published, and CSI's Probe says why.
    /// </summary>
    /// <exception cref="NixException">An option makes no sense, or an address cannot be listened at.</exception>
    public static Task<CsiDriver> StartAsync(CsiOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, [], cancellationToken);

    /// <summary>Starts to answer calls, also those of other services.</summary>
    /// <param name="options">How the driver works.</param>
    /// <param name="controller">The methods of a Controller service; none where there is no such service.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    internal static async Task<CsiDriver> StartAsync(CsiOptions options, IReadOnlyCollection<GrpcMethod> controller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        PluginName.Check(options.Name);
        ArgumentException.ThrowIfNullOrEmpty(options.NodeId);
        var driver = new CsiDriver(options);
        try
        {
            await driver.ListenAsync(controller, cancellationToken).ConfigureAwait(false);
            return driver;
        }
        catch
        {
            await driver.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until volumes can be published.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) => _work.WaitUntilReadyAsync(cancellationToken);

    /// <summary>Lets calls finish that are being answered, as long as <see cref="CsiOptions.ShutdownGrace"/> allows, and stops. Volumes stay mounted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _log.Write(LogLevel.Info, "stopping", ("socket", SocketPath));
        _work.StopSoon(_options.ShutdownGrace - CallMargin);
        if (_calls is not null)
        {
            await _calls.DisposeAsync().ConfigureAwait(false);
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _work.DisposeAsync().ConfigureAwait(false);
        if (_page is not null)
        {
            await _page.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
        _log.Write(LogLevel.Info, "stopped", ("socket", SocketPath));
    }

    private async Task ListenAsync(IReadOnlyCollection<GrpcMethod> controller, CancellationToken cancellationToken)
    {
        var identity = new IdentityService(_options.Name, controller.Count > 0, _work.ProbeAsync);
        var node = new NodeService(_options, _work.Require);
        var answerer = new GrpcAnswerer([.. identity.Methods, .. node.Methods, .. controller], CsiStatus.Explain, Report);
        if (_options.MetricsAddress is { } address)
        {
            _page = await MetricsPage.ListenAsync(address, _metrics, cancellationToken).ConfigureAwait(false);
        }

        _calls = await GrpcSocket.ListenAsync(SocketPath, answerer, _options.ShutdownGrace, cancellationToken).ConfigureAwait(false);
        _log.Write(LogLevel.Info, "listening", ("name", _options.Name), ("node", _options.NodeId), ("socket", SocketPath), ("metrics", MetricsAddress?.ToString()));
        _work.Start();
    }

    private void Report(string method, GrpcStatus status, TimeSpan duration, Exception? error)
    {
        _metrics.Calls.Add(duration, method, status.ToString());
        if (error is null)
        {
            return;
        }

        var code = (error as NixException)?.Code;
        _metrics.Failures.Add(1, code ?? status.ToString());
        _log.Write(
            status is GrpcStatus.Aborted or GrpcStatus.Cancelled or GrpcStatus.Unimplemented ? LogLevel.Info : LogLevel.Error,
            "call failed",
            ("method", method),
            ("status", status.ToString()),
            ("code", code),
            ("error", error.Message),
            ("seconds", duration.TotalSeconds),
            ("trace", code is null && status == GrpcStatus.Internal ? error.ToString() : null));
    }
}
