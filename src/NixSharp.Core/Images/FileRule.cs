using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NixSharp.Images.Tar;

namespace NixSharp.Images;

/// <summary>
/// Modes and owners of the files of an image that match a pattern, those of store paths included. Rules apply in their
/// order, so that of several that say something about a file the last one counts.
/// </summary>
public sealed record FileRule
{
    private const int MaxPatternLength = 4096;

    private readonly Regex _expression;
    private readonly string _literal;

    private FileRule(string pattern, string expression, string literal)
    {
        if (pattern.Length is 0 or > MaxPatternLength)
        {
            throw Invalid(pattern, $"it is empty or has more than {MaxPatternLength} characters");
        }

        Pattern = pattern;
        _literal = literal;
        try
        {
            // Patterns may come from strangers; this way none of them can take long.
            _expression = new Regex(expression, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw Invalid(pattern, error.Message);
        }
    }

    /// <summary>The pattern that it was made from.</summary>
    public string Pattern { get; }

    /// <summary>The permission bits that files and folders get, 0 to 07777 (octal); null leaves them.</summary>
    public int? Mode { get; init; }

    /// <summary>Permission bits that files and folders get besides those that they have.</summary>
    public int AddedMode { get; init; }

    /// <summary>The number of the user that they belong to; null leaves it.</summary>
    public int? Owner { get; init; }

    /// <summary>The number of the group that they belong to; null leaves it.</summary>
    public int? Group { get; init; }

    internal string? OwnerName { get; init; }

    internal string? GroupName { get; init; }

    /// <summary>
    /// Makes a rule for paths in the image: <c>*</c> and <c>?</c> stand for characters of one name, <c>**</c> for
    /// several names too; <c>/srv/**</c> is the folder and all that is in it.
    /// </summary>
    /// <exception cref="ImageException">The pattern does not start with a slash, or is too long.</exception>
    public static FileRule For(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (!pattern.StartsWith('/'))
        {
            throw Invalid(pattern, "it does not start with a slash");
        }

        var expression = new StringBuilder(@"\A");
        for (var at = 0; at < pattern.Length; at++)
        {
            var rest = pattern.AsSpan(at);
            if (rest.SequenceEqual("/**"))
            {
                expression.Append("(?:/.*)?");
                break;
            }

            if (rest.StartsWith("**"))
            {
                expression.Append(".*");
                at++;
                continue;
            }

            expression.Append(pattern[at] switch
            {
                '*' => "[^/]*",
                '?' => "[^/]",
                var other => Regex.Escape(other.ToString()),
            });
        }

        var wild = pattern.IndexOfAny(['*', '?']);
        var literal = wild < 0 ? pattern : pattern[..wild].TrimEnd('/');
        return new(pattern, expression.Append(@"\z").ToString(), literal);
    }

    /// <summary>Reads permission bits in octal, such as <c>0644</c> or <c>1777</c>.</summary>
    /// <exception cref="ImageException">The text is none.</exception>
    public static int ParseMode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= 5 && text.All(static digit => digit is >= '0' and <= '7') && Convert.ToInt32(text, 8) is <= 0xFFF and var mode
            ? mode
            : throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a mode. Give permission bits in octal, from 0 to 7777, such as 0644.");
    }

    /// <summary>The same rule with an owner, read from <c>UID</c> or <c>UID:GID</c>.</summary>
    /// <exception cref="ImageException">The text is neither.</exception>
    public FileRule WithOwner(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(':') switch
        {
            [var user] when ImageGroup.TryParseId(user, out var owner) => this with { Owner = owner },
            [var user, var group] when ImageGroup.TryParseId(user, out var owner) && ImageGroup.TryParseId(group, out var number) => this with { Owner = owner, Group = number },
            _ => throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not an owner. Give the numbers of the user and the group, such as 1000 or 1000:100."),
        };
    }

    /// <summary>Makes a rule for paths that a regular expression matches anywhere.</summary>
    internal static FileRule ForExpression(string expression) => new(expression, expression, "");

    /// <summary>What the rules make of the attributes of a file with this name, with or without slashes at its ends.</summary>
    internal static TarAttributes Apply(IReadOnlyList<FileRule> rules, ReadOnlySpan<byte> name, TarEntryType type, TarAttributes attributes)
    {
        if (rules.Count == 0)
        {
            return attributes;
        }

        var path = $"/{Encoding.UTF8.GetString(name.Trim((byte)'/'))}";
        foreach (var rule in rules)
        {
            if (rule.Matches(path))
            {
                attributes = rule.Apply(type, attributes);
            }
        }

        return attributes;
    }

    /// <summary>Whether the rule matches a path in the image.</summary>
    internal bool Matches(string path) => _expression.IsMatch(path);

    /// <summary>Whether anything in a folder could match.</summary>
    internal bool CanMatchIn(string folder) =>
        _literal.StartsWith(folder + "/", StringComparison.Ordinal) || $"{folder}/".StartsWith(_literal, StringComparison.Ordinal);

    /// <summary>Everything that the rule says, for the identity of layers.</summary>
    internal string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Pattern.Length} {Pattern} {Mode} {AddedMode} {Owner} {Group} {OwnerName} {GroupName}");

    /// <summary>The attributes of a file that matches.</summary>
    internal TarAttributes Apply(TarEntryType type, TarAttributes attributes) => attributes with
    {
        // A symlink's mode means nothing; readers expect the usual one.
        Mode = type == TarEntryType.Symlink ? attributes.Mode : (Mode ?? attributes.Mode) | AddedMode,
        Owner = Owner ?? attributes.Owner,
        Group = Group ?? attributes.Group,
        OwnerName = OwnerName ?? attributes.OwnerName,
        GroupName = GroupName ?? attributes.GroupName,
    };

    private static ImageException Invalid(string pattern, string why) =>
        new(NixErrorCodes.InvalidImageOptions, $"'{pattern}' is not a pattern of files: {why}. Give an absolute path in the image, in which * and ? stand for parts of one name and ** for any, such as /srv/**.");
}
