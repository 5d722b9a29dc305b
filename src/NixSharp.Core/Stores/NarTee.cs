using NixSharp.Files;
using NixSharp.Nar;

namespace NixSharp.Stores;

/// <summary>Passes a tree on, and writes the NAR of what the other side has taken.</summary>
internal sealed class NarTee(IFileTreeSink inner, NarWriter nar) : IFileTreeSink
{
    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        inner.BeginDirectory(name);
        nar.BeginDirectory(name);
    }

    public void EndDirectory()
    {
        inner.EndDirectory();
        nar.EndDirectory();
    }

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        nar.BeginFile(name, executable, size);
        using (var watched = new TeeStream(contents, nar.WriteContents))
        {
            inner.AddFile(name, executable, size, watched);
        }

        nar.EndFile(size);
    }

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        inner.AddSymlink(name, target);
        nar.AddSymlink(name, target);
    }
}
