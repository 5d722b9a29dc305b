namespace NixSharp.Volumes;

/// <summary>How a pool of volumes works.</summary>
public sealed record VolumePoolOptions
{
    /// <summary>The defaults.</summary>
    public static VolumePoolOptions Default { get; } = new();

    /// <summary>For how long a closure is kept from being collected when its volume was deleted, so that the next one like it costs nothing.</summary>
    public TimeSpan LeaseGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For how long a mount that is in use is waited for before it is unmounted lazily.</summary>
    public TimeSpan UnmountTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Tells the time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
