namespace NixSharp.Stores.Protocol;

/// <summary>The bytes to and from a daemon: a socket, or a program that passes them on.</summary>
internal abstract class DaemonChannel : IAsyncDisposable
{
    /// <summary>What the daemon says.</summary>
    public abstract Stream Input { get; }

    /// <summary>What the daemon is told.</summary>
    public abstract Stream Output { get; }

    /// <summary>Whether the other side is there and says nothing, as it should between requests.</summary>
    public abstract bool IsQuiet { get; }

    /// <summary>Ends the connection at once, so that whoever waits on it wakes up. May be called at any time.</summary>
    public abstract void Abort();

    /// <summary>What is known of why the other side went away, as a sentence, or nothing.</summary>
    public virtual ValueTask<string> ExplainAsync() => ValueTask.FromResult("");

    public abstract ValueTask DisposeAsync();
}
