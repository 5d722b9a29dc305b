namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>How <see cref="PodEvents"/> posts.</summary>
public sealed record PodEventOptions
{
    /// <summary>Who posts: the driver's name.</summary>
    public required string Component { get; init; }

    /// <summary>The node that this process runs on.</summary>
    public string Host { get; init; } = "";

    /// <summary>How many events may be posted at once before their rate counts.</summary>
    public int Burst { get; init; } = 25;

    /// <summary>How many events a second are posted on the whole.</summary>
    public double PerSecond { get; init; } = 1;

    /// <summary>How long the same event of the same pod is not posted again.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many events may wait to be posted; more are dropped.</summary>
    public int Capacity { get; init; } = 256;

    /// <summary>How long <see cref="PodEvents.DisposeAsync"/> waits for what has not been posted yet.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told why an event could not be posted.</summary>
    public IProgress<Exception>? Failures { get; init; }
}
