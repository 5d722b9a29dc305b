namespace NixSharp.Stores.Uploads;

/// <summary>Stops what makes no progress for too long, and passes on what it reports.</summary>
internal sealed class StallWatch : IProgress<NixProgress>
{
    private readonly CancellationTokenSource _stop;
    private readonly TimeSpan _timeout;
    private readonly IProgress<NixProgress>? _next;

    public StallWatch(CancellationTokenSource stop, TimeSpan timeout, IProgress<NixProgress>? next)
    {
        (_stop, _timeout, _next) = (stop, timeout, next);
        stop.CancelAfter(timeout);
    }

    public void Report(NixProgress value)
    {
        _stop.CancelAfter(_timeout);
        _next?.Report(value);
    }
}
