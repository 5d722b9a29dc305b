namespace NixSharp.Testing;

/// <summary>What a <see cref="ChaosProxy"/> does to one request.</summary>
public sealed record Fault
{
    /// <summary>Nothing.</summary>
    public static Fault None { get; } = new();

    /// <summary>Breaks the connection before anything is passed on.</summary>
    public static Fault Refuse { get; } = new() { RequestBytes = 0 };

    /// <summary>Passes the request on, and breaks the connection in place of the answer.</summary>
    public static Fault LoseAnswer { get; } = new() { AnswerBytes = -1 };

    /// <summary>After how many bytes of the request's body the connection breaks.</summary>
    public long? RequestBytes { get; init; }

    /// <summary>After how many bytes of the answer's body the connection breaks; -1 before its head.</summary>
    public long? AnswerBytes { get; init; }

    /// <summary>The status that is answered in place of passing the request on.</summary>
    public int? Status { get; init; }

    /// <summary>The headers of that answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Answers with a status, and passes nothing on.</summary>
    public static Fault Answer(int status, params (string Name, string Value)[] headers) =>
        new() { Status = status, Headers = headers.ToDictionary(static header => header.Name, static header => header.Value) };
}
