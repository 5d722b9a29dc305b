using NixSharp.Processes;

namespace NixSharp.Flakes.Logs;

/// <summary>An error or a warning of Nix.</summary>
public sealed record NixDiagnostic
{
    /// <summary>Whether it is an error or a warning.</summary>
    public required NixLogLevel Level { get; init; }

    /// <summary>What Nix says, without colours, place and source.</summary>
    public required string Message { get; init; }

    /// <summary>All that Nix says of it, as on a terminal, without colours.</summary>
    public required string FullText { get; init; }

    /// <summary>Where in an expression it arose; null for what has no place, such as a build that failed.</summary>
    public NixPosition? Position { get; init; }

    /// <summary>How evaluation came there, with <c>--show-trace</c>.</summary>
    public IReadOnlyList<NixTraceEntry> Trace { get; init; } = [];

    /// <summary>Makes a diagnostic of a message; places in a flake's copy become places in <paramref name="flakes"/>.</summary>
    internal static NixDiagnostic Of(NixLogLine.Message message, IReadOnlyList<string> flakes)
    {
        var text = TerminalText.Strip(message.Text);
        return new NixDiagnostic
        {
            Level = message.Level,
            Message = TerminalText.Strip(message.Bare ?? WithoutPrefix(text)),
            FullText = text,
            Position = (message.Position ?? NixPosition.FindLast(text))?.In(flakes),
            Trace = [.. message.Trace.Select(entry => new NixTraceEntry(TerminalText.Strip(entry.Text), entry.Position?.In(flakes)))],
        };
    }

    private static string WithoutPrefix(string text)
    {
        foreach (var prefix in (string[])["error: ", "warning: "])
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return text[prefix.Length..];
            }
        }

        return text;
    }
}
