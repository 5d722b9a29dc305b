using NixSharp.NarInfos;

namespace NixSharp.Stores.Uploads;

/// <summary>Where an <see cref="Uploader"/> pushes to, and how hard it tries.</summary>
public sealed record UploaderOptions
{
    /// <summary>The URI of the store that paths are pushed to: a binary cache, an SSH store, a folder.</summary>
    public required string Destination { get; init; }

    /// <summary>How the destination is opened; null takes the defaults.</summary>
    public StoreOptions? DestinationOptions { get; init; }

    /// <summary>Signs what the destination lacks, before it is pushed; null pushes it with the signatures that it has.</summary>
    public SecretKey? SigningKey { get; init; }

    /// <summary>How many paths may wait, those being pushed included.</summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>How many paths are pushed at once, each with its closure.</summary>
    public int Jobs { get; init; } = 2;

    /// <summary>How often a path is tried before it is given up. Default: for about an hour and a half.</summary>
    public int Attempts { get; init; } = 25;

    /// <summary>The wait before the second attempt; it doubles with each one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an attempt may go without any progress before it counts as failed.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Told of the beginning and end of every attempt, from several threads.</summary>
    public IProgress<UploadEvent>? Events { get; init; }

    /// <summary>Told how many bytes and paths have arrived, from several threads.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
