using System.Text.RegularExpressions;

namespace NixSharp.GitOps.Secrets;

/// <summary>Which values of a file sops encrypts, by the file's own metadata.</summary>
internal static class SopsSelection
{
    /// <summary>Tells whether the value at the end of a path of names is to be encrypted.</summary>
    public static Func<IReadOnlyList<string>, bool> From(IReadOnlyDictionary<string, string> notes)
    {
        // Which comment stands beside a value is not known here, so nothing is claimed.
        if (notes.ContainsKey("encrypted_comment_regex") || notes.ContainsKey("unencrypted_comment_regex"))
        {
            return static _ => false;
        }

        if (Note(notes, "encrypted_suffix") is { } only)
        {
            return path => path.Any(name => name.EndsWith(only, StringComparison.Ordinal));
        }

        if (Note(notes, "unencrypted_suffix") is { } except)
        {
            return path => !path.Any(name => name.EndsWith(except, StringComparison.Ordinal));
        }

        if (Pattern(notes, "encrypted_regex") is { } included)
        {
            return path => path.Any(included);
        }

        return Pattern(notes, "unencrypted_regex") is { } excluded ? path => !path.Any(excluded) : static _ => true;
    }

    private static string? Note(IReadOnlyDictionary<string, string> notes, string name) => notes.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static Func<string, bool>? Pattern(IReadOnlyDictionary<string, string> notes, string name)
    {
        try
        {
            return Note(notes, name) is { } text ? new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking).IsMatch : null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            // An expression that sops knows and .NET does not: it is not guessed what it means.
            return name == "encrypted_regex" ? static _ => false : static _ => true;
        }
    }
}
