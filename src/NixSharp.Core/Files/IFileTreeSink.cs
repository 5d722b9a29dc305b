namespace NixSharp.Files;

/// <summary>
/// Takes a tree of files as Nix sees one: folders, files with or without the executable bit, symlinks; no owners,
/// times or other modes. Comes depth first, the entries of each folder in byte order; the root's name is empty.
/// Names and targets are bytes, because that is what they are on Unix.
/// </summary>
public interface IFileTreeSink
{
    /// <summary>Opens a folder; what follows, up to <see cref="EndDirectory"/>, lies in it.</summary>
    void BeginDirectory(ReadOnlySpan<byte> name);

    /// <summary>Closes the folder that was opened last.</summary>
    void EndDirectory();

    /// <summary>Adds a file of exactly <paramref name="size"/> bytes.</summary>
    /// <param name="name">The file's name in its folder.</param>
    /// <param name="executable">Whether its owner may execute it.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="contents">Its contents, valid during the call only; need not be read to the end.</param>
    void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents);

    /// <summary>Adds a symlink.</summary>
    void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target);
}
