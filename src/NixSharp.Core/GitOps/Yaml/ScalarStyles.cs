using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace NixSharp.GitOps.Yaml;

/// <summary>How a text is written such that YAML 1.1 and 1.2 both read it as that text.</summary>
internal static partial class ScalarStyles
{
    public static ScalarStyle Choose(string text) =>
        IsBlock(text) ? ScalarStyle.Literal : IsPlain(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted;

    private static bool IsPlain(string text) =>
        Plain().IsMatch(text) &&
        !Word().IsMatch(text) &&
        !text.Contains(": ", StringComparison.Ordinal) &&
        !text.EndsWith(':') &&
        !text.EndsWith(' ');

    // What a block cannot hold is quoted: other line ends and control characters, white space at its edges.
    private static bool IsBlock(string text) =>
        text.Contains('\n', StringComparison.Ordinal) &&
        text[0] is not (' ' or '\n' or '\t') &&
        !text.Contains(" \n", StringComparison.Ordinal) &&
        text[^1] != ' ' &&
        text.All(static c => c == '\n' || (!char.IsControl(c) && !char.IsSurrogate(c) && c is not ('\u2028' or '\u2029' or '\ufeff')));

    [GeneratedRegex(@"^[A-Za-z_/$][A-Za-z0-9_./:@%+=()$~ -]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(?:true|false|yes|no|on|off|y|n|null)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Word();
}
