using System.Text;

namespace NixSharp.Images;

/// <summary>
/// Something that is placed into an image beside the store: a file or folder from this machine, given contents, an
/// empty folder, a symlink. The folders above it are made with mode 0755.
/// </summary>
public sealed record ImageFile
{
    private ImageFile(string target)
    {
        Target = target;
    }

    /// <summary>Where it is in the image: an absolute path outside the store.</summary>
    public string Target { get; }

    /// <summary>The file, folder or symlink on this machine that is copied.</summary>
    public string? Source { get; private init; }

    /// <summary>The contents of a file.</summary>
    public ReadOnlyMemory<byte>? Contents { get; private init; }

    /// <summary>What a symlink points to.</summary>
    public string? LinkTarget { get; private init; }

    /// <summary>
    /// The permission bits, 0 to 07777 (octal): of the file, of every file in a folder that is copied, or of the empty
    /// folder. Null gives files 0644, those that their owner may execute 0755, and folders 0755.
    /// </summary>
    public int? Mode { get; init; }

    /// <summary>The number of the user that it belongs to.</summary>
    public int Owner { get; init; }

    /// <summary>The number of the group that it belongs to.</summary>
    public int Group { get; init; }

    internal bool IsFolder => Contents is null && LinkTarget is null && (Source is null || System.IO.Directory.Exists(Source));

    /// <summary>Copies a file, a folder with all that is in it, or a symlink, from this machine.</summary>
    public static ImageFile FromPath(string target, string source)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentException.ThrowIfNullOrEmpty(source);
        return new(target) { Source = Path.GetFullPath(source) };
    }

    /// <summary>Makes a file.</summary>
    public static ImageFile FromBytes(string target, ReadOnlyMemory<byte> contents)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(target) { Contents = contents };
    }

    /// <summary>Makes a text file, in UTF-8.</summary>
    public static ImageFile FromText(string target, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FromBytes(target, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Makes an empty folder, such as <c>/tmp</c> with mode 01777.</summary>
    public static ImageFile Directory(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(target);
    }

    /// <summary>Makes a symlink.</summary>
    public static ImageFile Symlink(string target, string linkTarget)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentException.ThrowIfNullOrEmpty(linkTarget);
        return new(target) { LinkTarget = linkTarget };
    }
}
