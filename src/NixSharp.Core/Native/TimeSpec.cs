namespace NixSharp.Native;

/// <summary><c>struct timespec</c> of a 64-bit machine.</summary>
internal readonly record struct TimeSpec(long Seconds, long Nanoseconds)
{
    private static readonly TimeSpec[] CanonicalPair = [new(1, 0), new(1, 0)];

    /// <summary>The access and modification time of everything in a store: one second after the epoch.</summary>
    public static ReadOnlySpan<TimeSpec> Canonical => CanonicalPair;
}
