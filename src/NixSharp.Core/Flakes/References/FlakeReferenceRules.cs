using System.Text.RegularExpressions;
using NixSharp.Hashing;

namespace NixSharp.Flakes.References;

/// <summary>What the attributes of a reference may be.</summary>
internal static partial class FlakeReferenceRules
{
    private static readonly string[] Texts = ["id", "owner", "repo", "host", "url", "path", "ref", "rev", "dir", "narHash"];
    private static readonly string[] Numbers = ["lastModified", "revCount"];
    private static readonly string[] Flags = ["shallow", "submodules", "exportIgnore", "allRefs", "verifyCommit", "lfs"];

    /// <summary>The flags that a URL of a Git repository can have.</summary>
    public static IReadOnlyList<string> GitFlags => Flags;

    public static void Check(FlakeReference reference)
    {
        var type = reference.Type.GetName();
        if (reference.Type.GetRequired().FirstOrDefault(name => string.IsNullOrEmpty(reference.Find(name)?.Text)) is { } missing)
        {
            throw Invalid($"a reference of type '{type}' needs the attribute '{missing}'");
        }

        foreach (var (name, value) in reference.Attributes)
        {
            if (Why(reference, name, value) is { } why)
            {
                throw Invalid($"the attribute '{name}' is {(value.Text is { } text ? $"'{text}'" : value.ToString())}, and {why}");
            }
        }
    }

    public static FlakeException Invalid(string why, Exception? error = null) => new(
        NixErrorCodes.InvalidFlakeReference,
        $"This is no flake reference: {why}. Write it like github:OWNER/REPOSITORY, git+https://HOST/PATH, path:FOLDER or https://HOST/ARCHIVE.tar.gz.",
        error);

    public static bool IsRevision(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit);

    public static bool IsId(string text) => Id().IsMatch(text);

    public static bool IsRef(string text) =>
        Ref().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal) &&
        !text.Contains("@{", StringComparison.Ordinal) && !text.EndsWith(".lock", StringComparison.Ordinal) && text[^1] is not ('.' or '/');

    private static string? Why(FlakeReference reference, string name, FlakeValue value)
    {
        if (Texts.Contains(name) && value.Text is null)
        {
            return "text belongs there";
        }

        if (Numbers.Contains(name) && value.Number is null)
        {
            return "a number belongs there";
        }

        if (reference.Type == FlakeReferenceType.Git && Flags.Contains(name) && value.Flag is null)
        {
            return "true or false belongs there";
        }

        if (value.Text?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return "NUL may not be in it";
        }

        return name switch
        {
            "id" when !IsId(value.Text!) => "a name of letters, digits, '_' and '-' belongs there, beginning with a letter",
            "rev" when !IsRevision(value.Text!) => "a commit of 40 or 64 hexadecimal digits belongs there",
            "ref" when !IsRef(value.Text!) => "Git allows no branch or tag of that name",
            "host" when !Host().IsMatch(value.Text!) => "a host belongs there",
            "narHash" when !NixHash.TryParse(value.Text, out _) => "a hash like sha256-... belongs there",
            "owner" or "repo" when value.Text!.Contains('/', StringComparison.Ordinal) => "it may not have a slash",
            "lastModified" when value.Number > DateTimeOffset.MaxValue.ToUnixTimeSeconds() => "a time before the year 10000 belongs there",
            _ => null,
        };
    }

    [GeneratedRegex(@"\A[a-zA-Z][a-zA-Z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[^\x00-\x20\x7f~^:?*\[\\]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ref();

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]+(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
