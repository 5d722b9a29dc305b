namespace NixSharp.Files;

/// <summary>How <see cref="TreeWriter"/> writes.</summary>
public sealed record TreeWriterOptions
{
    /// <summary>
    /// As in a store: files 0444 or 0555, folders 0555, and one second after the epoch as the time of everything.
    /// </summary>
    public static TreeWriterOptions Canonical { get; } = new() { IsCanonical = true };

    /// <summary>As any program writes: modes by the umask, times of now.</summary>
    public static TreeWriterOptions Ordinary { get; } = new();

    /// <summary>Whether modes and times are those of a store.</summary>
    public bool IsCanonical { get; init; }

    internal bool UseManagedCalls { get; init; }
}
