using NixSharp.Derivations;
using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>Makes the entries of a <see cref="NarIndex"/> while a NAR is read.</summary>
internal sealed class NarIndexBuilder : IFileTreeSink
{
    private readonly Stack<OrderedDictionary<string, NarEntry>> _open = new();

    public NarEntry? Root { get; private set; }

    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        var entries = new OrderedDictionary<string, NarEntry>();
        Add(name, new NarEntry { Type = NarEntryType.Directory, Entries = entries });
        _open.Push(entries);
    }

    public void EndDirectory() => _open.Pop();

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents) => Add(name, new NarEntry
    {
        Type = NarEntryType.Regular,
        IsExecutable = executable,
        Size = size,
        NarOffset = ((NarFileContents)contents).NarOffset,
    });

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
        Add(name, new NarEntry { Type = NarEntryType.Symlink, Target = ByteText.FromBytes(target) });

    private void Add(ReadOnlySpan<byte> name, NarEntry entry)
    {
        if (_open.TryPeek(out var folder))
        {
            folder.Add(ByteText.FromBytes(name), entry);
        }
        else
        {
            Root = entry;
        }
    }
}
