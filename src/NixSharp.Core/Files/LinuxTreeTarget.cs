using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Writes a tree by descriptors.</summary>
internal sealed class LinuxTreeTarget : ITreeTarget
{
    private readonly string _rootPath;
    private readonly byte[] _rootName;
    private readonly TreeWriterOptions _options;
    private readonly FolderStack _folders;
    private readonly ContentsWriter _contents;
    private readonly byte[] _name = new byte[FileNames.MaxLength + 1];
    private readonly byte[] _linkTarget = new byte[FileNames.MaxTargetLength + 1];

    public LinuxTreeTarget(string rootPath, TreeWriterOptions options)
    {
        _rootPath = rootPath;
        _rootName = FileNames.Terminate(rootPath);
        _options = options;
        _folders = new FolderStack(rootPath);
        _contents = new ContentsWriter(DescribeCurrent);
    }

    private int Folder => _folders.Depth == 0 ? LibC.CurrentFolder : _folders.Top;

    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        var terminated = Terminate(name);
        Check(LibC.MakeDirectoryAt(Folder, terminated, _options.IsCanonical ? CanonicalModes.Unfinished : CanonicalModes.Everything));
        var errno = _folders.TryPush(terminated);
        if (errno != 0)
        {
            throw FileErrors.Writing(DescribeCurrent(), errno);
        }
    }

    public void EndDirectory()
    {
        if (_options.IsCanonical)
        {
            _name[0] = 0;
            Check(LibC.ChangeMode(Folder, CanonicalModes.Executable));
            Check(LibC.SetTimes(Folder, TimeSpec.Canonical));
        }

        _folders.Pop();
    }

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        var mode = _options.IsCanonical ? CanonicalModes.OfFile(executable) : CanonicalModes.BeforeUmask(executable);
        var descriptor = LibC.OpenAt(
            Folder,
            Terminate(name),
            LibC.WriteOnly | LibC.Create | LibC.Exclusive | LibC.NoFollow | LibC.CloseOnExec,
            mode);
        Check(descriptor);
        try
        {
            _contents.Write(descriptor, contents, size);
            if (_options.IsCanonical)
            {
                // The umask may have taken bits from the mode.
                Check(LibC.ChangeMode(descriptor, mode));
                Check(LibC.SetTimes(descriptor, TimeSpec.Canonical));
            }
        }
        finally
        {
            LibC.Close(descriptor);
        }
    }

    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        target.CopyTo(_linkTarget);
        _linkTarget[target.Length] = 0;
        var terminated = Terminate(name);
        Check(LibC.SymlinkAt(_linkTarget.AsSpan(0, target.Length + 1), Folder, terminated));
        if (_options.IsCanonical)
        {
            Check(LibC.SetTimesAt(Folder, terminated, TimeSpec.Canonical, LibC.SymlinkNoFollow));
        }
    }

    public void Dispose()
    {
        _folders.Dispose();
        _contents.Dispose();
    }

    private ReadOnlySpan<byte> Terminate(ReadOnlySpan<byte> name)
    {
        if (_folders.Depth == 0)
        {
            return _rootName;
        }

        name.CopyTo(_name);
        _name[name.Length] = 0;
        return _name.AsSpan(0, name.Length + 1);
    }

    private string DescribeCurrent() =>
        _folders.Depth == 0 ? _rootPath : _folders.Describe(_name.AsSpan(0, _name.IndexOf((byte)0)));

    private void Check(int result)
    {
        if (result < 0)
        {
            throw FileErrors.Writing(DescribeCurrent(), Marshal.GetLastPInvokeError());
        }
    }
}
