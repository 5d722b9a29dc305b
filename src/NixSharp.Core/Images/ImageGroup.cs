using System.Globalization;

namespace NixSharp.Images;

/// <summary>A group of users of an image, for its <c>/etc/group</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Id">The number.</param>
public sealed record ImageGroup(string Name, int Id)
{
    /// <summary>The users who are in it besides those whose own group it is.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Reads <c>NAME:GID[:MEMBER,...]</c>.</summary>
    /// <exception cref="ImageException">The text is not of that form.</exception>
    public static ImageGroup Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(':') is [var name, var id, .. var rest] && rest.Length < 2 && TryParseId(id, out var number)
            ? new ImageGroup(name, number) { Members = rest is [{ Length: > 0 } members] ? members.Split(',') : [] }
            : throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a group. Give NAME:GID, and after another colon its members, such as users:100:app,web.");
    }

    internal static bool TryParseId(string text, out int id) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
