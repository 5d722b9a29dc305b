namespace NixSharp.Volumes.Mounting;

/// <summary>One line of <c>/proc/self/mountinfo</c>: a mount that this process sees.</summary>
/// <param name="Device">The file system's device, <c>MAJOR:MINOR</c>.</param>
/// <param name="Root">Which folder or file of the file system is mounted.</param>
/// <param name="Point">Where.</param>
/// <param name="Options">The mount's own options.</param>
/// <param name="FileSystem">The file system's type.</param>
/// <param name="FileSystemOptions">The file system's options.</param>
internal sealed record MountEntry(string Device, string Root, string Point, string Options, string FileSystem, string FileSystemOptions)
{
    // What the kernel writes behind the path of a root that was deleted.
    private const string Deleted = "//deleted";

    public bool IsOverlay => FileSystem == "overlay";

    public bool IsReadOnly => Options.Split(',').Contains("ro");

    /// <summary>Whether what is mounted is there no more.</summary>
    public bool IsDeleted => Root.EndsWith(Deleted, StringComparison.Ordinal);

    /// <summary><see cref="Root"/> where it is, or was.</summary>
    public string RootPath => IsDeleted ? Root[..^Deleted.Length] : Root;

    /// <summary>The layers of an overlay that are only read.</summary>
    public IEnumerable<string> LowerFolders => Option("lowerdir=")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The layer of an overlay that is written; null where there is none.</summary>
    public string? UpperFolder => Option("upperdir=");

    /// <summary>Reads <c>ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAGS...] - TYPE SOURCE OPTIONS</c>; null where the line is something else.</summary>
    public static MountEntry? Parse(string line)
    {
        var fields = line.Split(' ');
        return fields.Length < 10
            ? null
            : new MountEntry(fields[2], Unescape(fields[3]), Unescape(fields[4]), fields[5], fields[^3], fields[^1]);
    }

    private string? Option(string name) => FileSystemOptions.Split(',').FirstOrDefault(option => option.StartsWith(name, StringComparison.Ordinal)) is { } found
        ? Unescape(found[name.Length..])
        : null;

    /// <summary>Space, tab, newline and backslash are written as three octal digits.</summary>
    private static string Unescape(string text) => text
        .Replace("\\040", " ", StringComparison.Ordinal)
        .Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal)
        .Replace("\\134", "\\", StringComparison.Ordinal);
}
