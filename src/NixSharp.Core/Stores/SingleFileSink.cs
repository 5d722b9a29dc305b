using NixSharp.Files;

namespace NixSharp.Stores;

/// <summary>Keeps the contents of the one file that a NAR should hold.</summary>
internal sealed class SingleFileSink : IFileTreeSink
{
    /// <summary>The file's contents.</summary>
    public byte[] Contents { get; private set; } = [];

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        using var copy = new MemoryStream();
        contents.CopyTo(copy);
        Contents = copy.ToArray();
    }

    public void BeginDirectory(ReadOnlySpan<byte> name) => throw PlainFileSink.NotAFile();

    public void EndDirectory() => throw PlainFileSink.NotAFile();

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => throw PlainFileSink.NotAFile();
}
