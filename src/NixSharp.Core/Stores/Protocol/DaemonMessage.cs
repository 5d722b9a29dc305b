namespace NixSharp.Stores.Protocol;

/// <summary>What a daemon says while it works, before its answer. Ends with <see cref="Last"/> or <see cref="Error"/>.</summary>
internal abstract record DaemonMessage
{
    private DaemonMessage()
    {
    }

    /// <summary>Text for the log, with its line breaks.</summary>
    public sealed record Next(string Text) : DaemonMessage;

    /// <summary>The daemon wants at most so many bytes of what is being sent, as one string.</summary>
    public sealed record Read(long Count) : DaemonMessage;

    /// <summary>Bytes of what the daemon sends.</summary>
    public sealed record Write(byte[] Bytes) : DaemonMessage;

    /// <summary>The work succeeded; the answer follows.</summary>
    public sealed record Last : DaemonMessage
    {
        public static Last Instance { get; } = new();
    }

    /// <summary>The work failed; no answer follows.</summary>
    public sealed record Error(DaemonError Reason) : DaemonMessage;

    /// <summary>Something begins, as a part of <paramref name="Parent"/>, or of nothing where that is 0.</summary>
    public sealed record StartActivity(ulong Id, int Level, NixActivityType Type, string Text, IReadOnlyList<LogField> Fields, ulong Parent) : DaemonMessage;

    /// <summary>Something is over.</summary>
    public sealed record StopActivity(ulong Id) : DaemonMessage;

    /// <summary>Something came of an activity, such as a line of its log.</summary>
    public sealed record Result(ulong Id, NixResultType Type, IReadOnlyList<LogField> Fields) : DaemonMessage;
}
