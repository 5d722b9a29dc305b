namespace NixSharp.Images.Tar;

/// <summary>The permission bits that the files of a tree get.</summary>
/// <param name="File">Of files.</param>
/// <param name="Executable">Of files that their owner may execute.</param>
/// <param name="Directory">Of folders.</param>
internal readonly record struct TarModes(int File, int Executable, int Directory)
{
    /// <summary>Of symlinks, on which Linux ignores them.</summary>
    public const int Symlink = 0x1FF; // 0777

    /// <summary>Of folders that lead to a tree: 0755.</summary>
    public const int Parent = 0x1ED;

    /// <summary>The store's: 0444, 0555, 0555.</summary>
    public static readonly TarModes Store = new(0x124, 0x16D, 0x16D);

    /// <summary>Those of files outside the store: 0644, 0755, 0755.</summary>
    public static readonly TarModes Default = new(0x1A4, 0x1ED, 0x1ED);
}
