using System.Globalization;
using System.Text.RegularExpressions;

namespace NixSharp.Flakes.Logs;

/// <summary>A place in an expression.</summary>
/// <param name="File">The file, as Nix names it: for a flake, a file of its copy in the store.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1; 0 where it is not known.</param>
public sealed partial record NixPosition(string File, int Line, int Column)
{
    /// <summary>Makes a position of what internal-json says; some releases put line and column into the file's name as well.</summary>
    internal static NixPosition? Of(string? file, int line, int column)
    {
        if (string.IsNullOrEmpty(file) || line <= 0)
        {
            return null;
        }

        var suffix = string.Create(CultureInfo.InvariantCulture, $":{line}:{column}");
        return new NixPosition(file.EndsWith(suffix, StringComparison.Ordinal) ? file[..^suffix.Length] : file, line, column);
    }

    /// <summary>The last place that a message names, which is the one closest to where it arose.</summary>
    internal static NixPosition? FindLast(string message)
    {
        var match = Places().Matches(message).LastOrDefault();
        return match is not null
            && int.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            && int.TryParse(match.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var column)
            ? new NixPosition(match.Groups[1].Value, line, column)
            : null;
    }

    /// <summary>
    /// The same place in one of <paramref name="flakes"/>, folders on this machine, where the file is the copy of one that is
    /// there: what a user can open and correct.
    /// </summary>
    internal NixPosition In(IEnumerable<string> flakes)
    {
        var relative = InStore().Match(File) is { Success: true } match ? match.Groups[1].Value : null;
        var local = relative is null ? null : flakes.Select(folder => Path.GetFullPath(relative, folder)).FirstOrDefault(System.IO.File.Exists);
        return local is null ? this : this with { File = local };
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}{(Column > 0 ? $":{Column}" : "")}");

    [GeneratedRegex(@"(?:^|\s)at (/[^\n]*?):(\d+):(\d+)(?=:|\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Places();

    [GeneratedRegex("/[0-9a-z]{32}-source/(.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex InStore();
}
