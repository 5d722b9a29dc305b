using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>Makes files and symlinks of a volume's own where the store's cannot be linked.</summary>
internal sealed class FileSubstitute : IDisposable
{
    private static readonly byte[] Itself = [0];

    private readonly DescriptorStream _stream;
    private readonly ContentsWriter _writer;
    private readonly byte[] _linkTarget = new byte[FileNames.MaxTargetLength + 2];
    private string _path = "";
    private string _targetPath = "";

    public FileSubstitute()
    {
        _stream = new DescriptorStream(() => _path);
        _writer = new ContentsWriter(() => _targetPath);
    }

    /// <summary>How many files share blocks with the store's.</summary>
    public long Cloned { get; private set; }

    /// <summary>How many files were copied.</summary>
    public long Copied { get; private set; }

    /// <summary>How many bytes those have.</summary>
    public long CopiedBytes { get; private set; }

    public void MakeFile(int sourceFolder, ReadOnlySpan<byte> sourceName, int targetFolder, ReadOnlySpan<byte> targetName, string path, string targetPath)
    {
        _path = path;
        _targetPath = targetPath;
        var source = LibC.OpenAt(sourceFolder, sourceName, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec, 0);
        CheckReading(source);
        try
        {
            CheckReading(LibC.StatX(source, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status));
            var mode = CanonicalModes.OfFile(status.IsOwnerExecutable);
            var target = LibC.OpenAt(targetFolder, targetName, LibC.WriteOnly | LibC.Create | LibC.Exclusive | LibC.NoFollow | LibC.CloseOnExec, mode);
            CheckWriting(target);
            try
            {
                Fill(source, target, status.Size);
                CheckWriting(LibC.ChangeMode(target, mode));
                CheckWriting(LibC.SetTimes(target, TimeSpec.Canonical));
            }
            finally
            {
                LibC.Close(target);
            }
        }
        finally
        {
            LibC.Close(source);
        }
    }

    public void MakeSymlink(int sourceFolder, ReadOnlySpan<byte> sourceName, int targetFolder, ReadOnlySpan<byte> targetName, string path, string targetPath)
    {
        _path = path;
        _targetPath = targetPath;
        var length = (int)LibC.ReadLinkAt(sourceFolder, sourceName, _linkTarget, FileNames.MaxTargetLength + 1);
        CheckReading(length);
        _linkTarget[length] = 0;
        CheckWriting(LibC.SymlinkAt(_linkTarget.AsSpan(0, length + 1), targetFolder, targetName));
        CheckWriting(LibC.SetTimesAt(targetFolder, targetName, TimeSpec.Canonical, LibC.SymlinkNoFollow));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _writer.Dispose();
    }

    private void Fill(int source, int target, long size)
    {
        _stream.Begin(source, size);
        if (_writer.Write(target, _stream, size))
        {
            Cloned++;
        }
        else
        {
            Copied++;
            CopiedBytes += size;
        }

        _stream.End();
    }

    private void CheckReading(int result)
    {
        if (result < 0)
        {
            throw FileErrors.Reading(_path, Marshal.GetLastPInvokeError());
        }
    }

    private void CheckWriting(int result)
    {
        if (result < 0)
        {
            throw FileErrors.Writing(_targetPath, Marshal.GetLastPInvokeError());
        }
    }
}
