using NixSharp.Files;

namespace NixSharp.Volumes;

/// <summary>Counts what passes through, where files are copied because this system's links are out of reach.</summary>
internal sealed class CountingSink(IFileTreeSink inner) : IFileTreeSink
{
    public VolumeReport Report { get; private set; } = new();

    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        Report = Report with { Folders = Report.Folders + 1 };
        inner.BeginDirectory(name);
    }

    public void EndDirectory() => inner.EndDirectory();

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        Report = Report with { CopiedFiles = Report.CopiedFiles + 1, CopiedBytes = Report.CopiedBytes + size };
        inner.AddFile(name, executable, size, contents);
    }

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        Report = Report with { Symlinks = Report.Symlinks + 1 };
        inner.AddSymlink(name, target);
    }
}
