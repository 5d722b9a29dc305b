using System.Text;

namespace NixSharp.Processes;

/// <summary>How a program ended.</summary>
public sealed record ProcessResult
{
    /// <summary>The exit code; 128 and the signal's number for a program that a signal ended.</summary>
    public required int ExitCode { get; init; }

    /// <summary>What was printed on standard output, to the byte.</summary>
    public required ReadOnlyMemory<byte> OutputBytes { get; init; }

    /// <summary>The last lines of standard error, without colours and secrets.</summary>
    public required IReadOnlyList<string> ErrorTail { get; init; }

    /// <summary>Standard output, read as UTF-8.</summary>
    public string Output => Encoding.UTF8.GetString(OutputBytes.Span);
}
