using System.Globalization;
using System.Threading.Channels;
using Newtonsoft.Json.Linq;

namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>
/// Posts events about pods, in the background: what uses it neither waits nor fails. Events over the rate, and those that a
/// pod has had already, are dropped.
/// </summary>
public sealed class PodEvents : IAsyncDisposable
{
    private const int MaxMessage = 1024;
    private const int MaxReason = 128;
    private const int MaxRemembered = 4096;
    private readonly ClusterClient _client;
    private readonly PodEventOptions _options;
    private readonly TimeProvider _clock;
    private readonly TokenBucket _bucket;
    private readonly Channel<PodEvent> _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<PodEvent, DateTimeOffset> _posted = [];
    private readonly Task _work;
    private long _dropped;
    private long _failed;
    private long _done;

    /// <summary>Begins to post.</summary>
    /// <param name="client">Asks the API server; stays open.</param>
    /// <param name="options">Who posts, and how much.</param>
    /// <param name="clock">Tells the time; null for the machine's clock.</param>
    public PodEvents(ClusterClient client, PodEventOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _clock = clock ?? TimeProvider.System;
        _bucket = new TokenBucket(options.Burst, options.PerSecond, _clock);
        _channel = Channel.CreateBounded<PodEvent>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });
        _work = Task.Run(WorkAsync);
    }

    /// <summary>How many events were posted.</summary>
    public long Posted => Interlocked.Read(ref _done);

    /// <summary>How many were dropped, because there were too many or the pod has had them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>How many the server did not take.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Posts an event soon. Never waits, never throws for what a cluster does.</summary>
    public void Post(PodEvent value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!KubernetesNames.IsLabel(value.Pod.Namespace) || !KubernetesNames.IsSubdomain(value.Pod.Name) || !_channel.Writer.TryWrite(value))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Posts what waits, for as long as <see cref="PodEventOptions.Patience"/>, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_channel.Writer.TryComplete())
        {
            _stop.CancelAfter(_options.Patience);
            await _work.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var value in _channel.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (IsKnown(value) || !_bucket.TryTake())
                {
                    Interlocked.Increment(ref _dropped);
                    continue;
                }

                await PostAsync(value).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task PostAsync(PodEvent value)
    {
        try
        {
            await _client.PostAsync($"/api/v1/namespaces/{value.Pod.Namespace}/events", Describe(value), _stop.Token).ConfigureAwait(false);
            _posted[value] = _clock.GetUtcNow();
            Interlocked.Increment(ref _done);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Interlocked.Increment(ref _failed);
            _options.Failures?.Report(error);
        }
    }

    private bool IsKnown(PodEvent value)
    {
        var now = _clock.GetUtcNow();
        if (_posted.Count >= MaxRemembered)
        {
            foreach (var old in _posted.Where(pair => now - pair.Value >= _options.RepeatAfter).Select(static pair => pair.Key).ToList())
            {
                _posted.Remove(old);
            }

            if (_posted.Count >= MaxRemembered)
            {
                _posted.Clear();
            }
        }

        return _posted.TryGetValue(value, out var last) && now - last < _options.RepeatAfter;
    }

    private JObject Describe(PodEvent value)
    {
        var now = _clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var pod = new JObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["namespace"] = value.Pod.Namespace, ["name"] = value.Pod.Name };
        if (value.Pod.Uid.Length > 0)
        {
            pod["uid"] = value.Pod.Uid;
        }

        return new JObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JObject { ["generateName"] = $"{Cut(value.Pod.Name, 200)}.", ["namespace"] = value.Pod.Namespace },
            ["involvedObject"] = pod,
            ["type"] = value.IsWarning ? "Warning" : "Normal",
            ["reason"] = Cut(value.Reason, MaxReason),
            ["message"] = Cut(value.Message, MaxMessage),
            ["source"] = new JObject { ["component"] = _options.Component, ["host"] = _options.Host },
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["count"] = 1,
            ["reportingComponent"] = _options.Component,
            ["reportingInstance"] = _options.Host,
        };
    }

    private static string Cut(string text, int length)
    {
        const string Rest = "...";
        var end = length - Rest.Length;
        return text.Length <= length ? text : text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + Rest;
    }
}
