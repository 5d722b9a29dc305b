using NixSharp.Csi.Publishing;
using NixSharp.GitOps.Kubernetes.Api;

namespace NixSharp.Csi.Logging;

/// <summary>Tells pods' owners of their volumes, in events that <c>kubectl describe pod</c> shows; nobody waits for that.</summary>
internal sealed class DriverEvents : IAsyncDisposable
{
    private readonly ClusterClient? _client;
    private readonly PodEvents? _events;

    public DriverEvents(CsiOptions options, DriverLog log)
    {
        if (options.Cluster is { } access)
        {
            _client = new ClusterClient(access);
            _events = new PodEvents(_client, new PodEventOptions { Component = options.Name, Host = options.NodeId, Failures = new Failures(log) });
        }
    }

    /// <summary>Tells the owner of a pod, where the pod is known and there is a cluster.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="reason">What happened, as one word.</param>
    /// <param name="message">What happened, as a sentence.</param>
    /// <param name="isWarning">Whether it is bad news.</param>
    public void Tell(PodInfo pod, string reason, string message, bool isWarning = false)
    {
        if (pod is { Namespace: { } space, Name: { } name })
        {
            _events?.Post(new PodEvent(new PodReference(space, name, pod.Uid ?? ""), reason, message) { IsWarning = isWarning });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_events is not null)
        {
            await _events.DisposeAsync().ConfigureAwait(false);
        }

        _client?.Dispose();
    }

    private sealed class Failures(DriverLog log) : IProgress<Exception>
    {
        public void Report(Exception value) =>
            log.Write(LogLevel.Warning, "event not posted", ("code", (value as NixException)?.Code), ("error", value.Message));
    }
}
