using System.Buffers;
using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Writes a tree by descriptors.</summary>
internal sealed class LinuxTreeTarget(string rootPath, TreeWriterOptions options) : ITreeTarget
{
    private const int BlockSize = 256 * 1024;

    private readonly FolderStack _folders = new(rootPath);
    private readonly byte[] _rootName = FileNames.Terminate(rootPath);
    private readonly byte[] _name = new byte[FileNames.MaxLength + 1];
    private readonly byte[] _linkTarget = new byte[FileNames.MaxTargetLength + 1];
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private bool _kernelCopies = true;

    private int Folder => _folders.Depth == 0 ? LibC.CurrentFolder : _folders.Top;

    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        var terminated = Terminate(name);
        Check(LibC.MakeDirectoryAt(Folder, terminated, options.IsCanonical ? CanonicalModes.Unfinished : CanonicalModes.Everything), name);
        var errno = _folders.TryPush(terminated);
        if (errno != 0)
        {
            throw FileErrors.Writing(Describe(name), errno);
        }
    }

    public void EndDirectory()
    {
        if (options.IsCanonical)
        {
            Check(LibC.ChangeMode(Folder, CanonicalModes.Executable), []);
            Check(LibC.SetTimes(Folder, TimeSpec.Canonical), []);
        }

        _folders.Pop();
    }

    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        var mode = options.IsCanonical ? CanonicalModes.OfFile(executable) : CanonicalModes.BeforeUmask(executable);
        var descriptor = LibC.OpenAt(
            Folder,
            Terminate(name),
            LibC.WriteOnly | LibC.Create | LibC.Exclusive | LibC.NoFollow | LibC.CloseOnExec,
            mode);
        Check(descriptor, name);
        try
        {
            if (size > 0 && !TryCopyInKernel(descriptor, contents))
            {
                Copy(descriptor, name, size - Consumed(contents), contents);
            }

            if (options.IsCanonical)
            {
                // The umask may have taken bits from the mode.
                Check(LibC.ChangeMode(descriptor, mode), name);
                Check(LibC.SetTimes(descriptor, TimeSpec.Canonical), name);
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
        Check(LibC.SymlinkAt(_linkTarget.AsSpan(0, target.Length + 1), Folder, terminated), name);
        if (options.IsCanonical)
        {
            Check(LibC.SetTimesAt(Folder, terminated, TimeSpec.Canonical, LibC.SymlinkNoFollow), name);
        }
    }

    public void Dispose()
    {
        _folders.Dispose();
        ArrayPool<byte>.Shared.Return(_block);
    }

    private static long Consumed(Stream contents) => contents is DescriptorStream file ? file.Position : 0;

    private bool TryCopyInKernel(int descriptor, Stream contents)
    {
        if (!_kernelCopies || contents is not DescriptorStream file)
        {
            return false;
        }

        _kernelCopies = file.TryCopyInKernel(descriptor);
        return _kernelCopies;
    }

    private void Copy(int descriptor, ReadOnlySpan<byte> name, long size, Stream contents)
    {
        while (size > 0)
        {
            var block = _block.AsSpan(0, (int)Math.Min(size, _block.Length));
            var length = contents.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            if (length < block.Length)
            {
                throw FileErrors.EndsEarly(Describe(name), size - length);
            }

            Write(descriptor, name, block);
            size -= length;
        }
    }

    private void Write(int descriptor, ReadOnlySpan<byte> name, ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty)
        {
            var written = LibC.Write(descriptor, block, block.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.Interrupted)
            {
                throw FileErrors.Writing(Describe(name), errno);
            }

            block = block[(int)Math.Max(written, 0)..];
        }
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

    private string Describe(ReadOnlySpan<byte> name) => _folders.Depth == 0 ? rootPath : _folders.Describe(name);

    private void Check(int result, ReadOnlySpan<byte> name)
    {
        if (result < 0)
        {
            throw FileErrors.Writing(Describe(name), Marshal.GetLastPInvokeError());
        }
    }
}
