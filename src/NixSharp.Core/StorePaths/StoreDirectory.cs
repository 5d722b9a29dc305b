namespace NixSharp.StorePaths;

/// <summary>
/// The logical folder that store paths are in, such as <c>/nix/store</c>. Part of every store path's hash, and
/// independent of where a chroot store keeps its files.
/// </summary>
public sealed record StoreDirectory
{
    /// <summary>Takes an absolute, canonical Unix path without a trailing slash.</summary>
    /// <exception cref="NixFormatException">The path is relative, or not in its simplest form.</exception>
    public StoreDirectory(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length < 2 || path[0] != '/' || path.Contains('\0') ||
            path[1..].Split('/').Any(static part => part is "" or "." or ".."))
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidStoreDirectory,
                $"'{path}' is not a store directory: give an absolute path without '.', '..' or a slash at its end, such as /nix/store.");
        }

        Path = path;
    }

    /// <summary><c>/nix/store</c>, which nearly every Nix uses.</summary>
    public static StoreDirectory Default { get; } = new("/nix/store");

    /// <summary>The folder's path.</summary>
    public string Path { get; }

    /// <summary>The folder's path.</summary>
    public override string ToString() => Path;
}
