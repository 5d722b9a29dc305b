using System.Text.RegularExpressions;

namespace NixSharp.Images.Described;

/// <summary>Regular expressions in the notation of Go, as descriptions of images have them.</summary>
internal static partial class PathPattern
{
    /// <summary>The same expression in the notation of .NET.</summary>
    public static string Translate(string expression) => NamedGroup().Replace(expression, "(?<");

    /// <summary>The same replacement in the notation of .NET, where <c>$1x</c> is group 1 and an x, and not a group by that name.</summary>
    public static string Replacement(string replacement) => GroupName().Replace(replacement, "$${$1}");

    /// <exception cref="ImageException">The expression is none, or of a kind that could take long.</exception>
    public static Regex Compile(DescribedPaths paths, string expression)
    {
        try
        {
            return new Regex(Translate(expression), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw paths.Damaged($"'{expression}' is not a regular expression that is understood here: {error.Message.TrimEnd('.')}");
        }
    }

    [GeneratedRegex(@"\(\?P<", RegexOptions.CultureInvariant)]
    private static partial Regex NamedGroup();

    [GeneratedRegex(@"(?<!\$)\$([0-9A-Za-z_]+)", RegexOptions.CultureInvariant)]
    private static partial Regex GroupName();
}
