namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>Lets through a number of things at once, and then so many a second. For one thread.</summary>
internal sealed class TokenBucket(int burst, double perSecond, TimeProvider clock)
{
    private double _tokens = burst;
    private long _last = clock.GetTimestamp();

    public bool TryTake()
    {
        var now = clock.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + (clock.GetElapsedTime(_last, now).TotalSeconds * perSecond));
        _last = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
