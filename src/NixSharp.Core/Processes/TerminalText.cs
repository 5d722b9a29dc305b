using System.Text.RegularExpressions;

namespace NixSharp.Processes;

/// <summary>Text that was meant for a terminal.</summary>
internal static partial class TerminalText
{
    /// <summary>Takes out colours, cursor movements, links and titles.</summary>
    public static string Strip(string text) => text.Contains('\u001b', StringComparison.Ordinal) ? Sequences().Replace(text, "") : text;

    [GeneratedRegex(@"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])", RegexOptions.CultureInvariant)]
    private static partial Regex Sequences();
}
