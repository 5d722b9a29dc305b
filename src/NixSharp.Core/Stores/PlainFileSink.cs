using NixSharp.Files;

namespace NixSharp.Stores;

/// <summary>Lets one file through, without its executable bit: what a flat content address stands for.</summary>
/// <param name="inner">Takes the file.</param>
/// <param name="copy">Gets the contents as well, where it is given.</param>
internal sealed class PlainFileSink(IFileTreeSink inner, Stream? copy = null) : IFileTreeSink
{
    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents) =>
        inner.AddFile(name, executable: false, size, copy is null ? contents : new TeeStream(contents, copy.Write));

    public void BeginDirectory(ReadOnlySpan<byte> name) => throw NotAFile();

    public void EndDirectory() => throw NotAFile();

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => throw NotAFile();

    internal static NixFormatException NotAFile() =>
        new(NixErrorCodes.UnsupportedFileType, "Only a file can be added flat. Add folders and symlinks recursively.");
}
