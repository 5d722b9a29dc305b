using System.Globalization;

namespace NixSharp.GitOps.NuGet;

/// <summary>Names and versions as the packages folder writes them.</summary>
internal static class PackageVersion
{
    /// <summary>
    /// The folder's name for a version: at least three numbers without leading zeros, a fourth one only if it is not
    /// zero, no build metadata, lower case. Null for what is no version.
    /// </summary>
    public static string? Normalize(string text)
    {
        var version = text.Split('+')[0].Trim().ToLowerInvariant();
        var dash = version.IndexOf('-', StringComparison.Ordinal);
        var label = dash < 0 ? "" : version[dash..];
        var parts = (dash < 0 ? version : version[..dash]).Split('.');
        if (parts.Length > 4 || !label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
        {
            return null;
        }

        var numbers = new List<int>();
        foreach (var part in parts)
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            numbers.Add(number);
        }

        while (numbers.Count < 3)
        {
            numbers.Add(0);
        }

        if (numbers is [_, _, _, 0])
        {
            numbers.RemoveAt(3);
        }

        return string.Join('.', numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture))) + label;
    }

    /// <summary>Whether a name can be that of a package, and so of a folder.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(text[0]) | text[0] == '_' && text.All(static c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-');
}
