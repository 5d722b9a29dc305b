using System.Text;

namespace NixSharp.Flakes.Expressions;

/// <summary>Strings in the two forms that the language has.</summary>
internal static class NixStrings
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A text in double quotes.</summary>
    public static string Quote(string text) => $"\"{Escape(text, isBeforeExpression: false)}\"";

    /// <summary>A text as it stands between double quotes.</summary>
    public static string Escape(string text, bool isBeforeExpression)
    {
        Check(text);
        var escaped = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            // A dollar sign means something only before a brace, and that may be the one of the next part.
            escaped.Append(text[i] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '$' when (i + 1 < text.Length && text[i + 1] == '{') || (i + 1 == text.Length && isBeforeExpression) => "\\$",
                var character => character.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>
    /// Whether a text is as readable in lines of its own, between two single quotes each, and comes back from there: Nix takes
    /// away the spaces that all lines begin with and the last line if it is blank, and gives single quotes and carriage
    /// returns a meaning.
    /// </summary>
    public static bool FitsLines(string text)
    {
        var lines = text.Split('\n');
        return lines.Length > 2 &&
            !text.Contains("''", StringComparison.Ordinal) && !text.Contains("'$", StringComparison.Ordinal) &&
            text[^1] is not ('\'' or '$') &&
            !text.Any(static c => c < ' ' && c != '\n') &&
            (lines[^1].Length == 0 || lines[^1].Trim(' ').Length > 0) &&
            lines[0].Trim(' ').Length > 0 &&
            lines.Any(static line => line.Length > 0 && line[0] != ' ');
    }

    /// <summary>A text in lines of its own, each after <paramref name="indent"/>; the closing quotes stand before it.</summary>
    public static string WriteLines(string text, string indent, string outer)
    {
        Check(text);
        var written = new StringBuilder("''\n");
        var lines = text.Replace("${", "''${", StringComparison.Ordinal).Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            written.Append(lines[i].Length == 0 ? "" : indent).Append(lines[i]).Append('\n');
        }

        return written.Append(lines[^1].Length == 0 ? outer : indent + lines[^1]).Append("''").ToString();
    }

    private static void Check(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw NixNames.Invalid("a string holds NUL, and Nix has no strings with that");
        }

        try
        {
            Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw NixNames.Invalid("a string holds half of a surrogate pair, which is no character");
        }
    }
}
