namespace NixSharp.Csi.Realising;

/// <summary>Work that several callers wait for.</summary>
internal sealed class Flight<T>(Task<T> task, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public Task<T> Task => task;

    /// <summary>How long ago it began.</summary>
    public TimeSpan Age => time.GetElapsedTime(_start);
}
