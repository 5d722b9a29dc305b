namespace NixSharp.Processes;

/// <summary>A program that could not be run to a good end (<c>NIXS50xx</c>).</summary>
public class NixProcessException : NixException
{
    /// <summary>Makes an error about one run of a program.</summary>
    public NixProcessException(string code, string message, string command, Exception? innerException = null)
        : base(code, message, innerException)
    {
        Command = command;
    }

    /// <summary>What was run, with its secrets blacked out.</summary>
    public string Command { get; }

    /// <summary>The program's exit code; null if it never ran, or was stopped.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The last lines of its standard error, without colours and secrets.</summary>
    public IReadOnlyList<string> ErrorTail { get; init; } = [];
}
