namespace NixSharp.Processes;

/// <summary>Words for a POSIX shell.</summary>
internal static class ShellText
{
    private const string Plain = "-_./:=@%+,";

    /// <summary>Quotes a word, so that the shell takes each character for itself.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Quotes a word where the shell would not take it for itself as it stands.</summary>
    public static string QuoteIfNeeded(string word) =>
        word.Length > 0 && word.All(static character => char.IsAsciiLetterOrDigit(character) || Plain.Contains(character, StringComparison.Ordinal)) ? word : Quote(word);
}
