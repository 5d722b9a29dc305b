using NixSharp.Native;

namespace NixSharp.Stores;

/// <summary>A file or symlink of a store object.</summary>
/// <param name="Path">Its full path, which ends in NUL.</param>
/// <param name="Status">What it is.</param>
/// <param name="Folder">The folder that it is in; null for the folder of all store objects.</param>
internal readonly record struct StoreFile(byte[] Path, StatX Status, FolderPath? Folder)
{
    public override string ToString() => Files.FileNames.Display(Path.AsSpan(0, Path.Length - 1));
}
