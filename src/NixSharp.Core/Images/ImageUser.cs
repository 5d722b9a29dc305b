namespace NixSharp.Images;

/// <summary>A user of an image, for its <c>/etc/passwd</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Id">The number.</param>
public sealed record ImageUser(string Name, int Id)
{
    /// <summary>The number of the user's own group; the same as <see cref="Id"/> where null. A group that has no name gets the user's.</summary>
    public int? GroupId { get; init; }

    /// <summary>The folder that is theirs; it is made, and belongs to them, unless it is the root. <c>/home/NAME</c> where null.</summary>
    public string? Home { get; init; }

    /// <summary>The program that a login starts.</summary>
    public string Shell { get; init; } = "/bin/sh";

    /// <summary>Reads <c>NAME:UID[:GID[:HOME[:SHELL]]]</c>.</summary>
    /// <exception cref="ImageException">The text is not of that form.</exception>
    public static ImageUser Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        return parts.Length is >= 2 and <= 5 && ImageGroup.TryParseId(parts[1], out var id)
            ? new ImageUser(parts[0], id)
            {
                GroupId = parts.Length < 3 || parts[2].Length == 0 ? null : ImageGroup.TryParseId(parts[2], out var group) ? group : throw Invalid(text),
                Home = parts.Length > 3 && parts[3].Length > 0 ? parts[3] : null,
                Shell = parts.Length > 4 ? parts[4] : "/bin/sh",
            }
            : throw Invalid(text);
    }

    private static ImageException Invalid(string text) =>
        new(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a user. Give NAME:UID, and after more colons the group's number, the home folder and the shell, such as app:1000:1000:/home/app.");
}
