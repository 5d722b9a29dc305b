using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>
/// The contents of one open file after the other, each exactly as long as was said: a file that turns out to be
/// shorter or longer is an error here, so that no sink has to look for it.
/// </summary>
/// <param name="describe">Gives the path of the file that is being read, for messages.</param>
internal sealed class DescriptorStream(Func<string> describe) : ReadOnlyStream
{
    // Linux moves at most 2 GiB at once.
    private const int MaxCopy = 1 << 30;

    private static readonly byte[] Itself = [0];

    private int _descriptor = -1;
    private long _size;
    private long _remaining;
    private bool _isCloned;

    /// <summary>How much of the file was read or copied so far.</summary>
    public long BytesRead => _size - _remaining;

    /// <summary>Starts over with another file, which stays the caller's to close.</summary>
    public void Begin(int descriptor, long size)
    {
        _descriptor = descriptor;
        _size = _remaining = size;
        _isCloned = false;
    }

    /// <summary>Ends a file; if all of it was read, there must be no more.</summary>
    /// <exception cref="NixFileException">The file has grown.</exception>
    public void End()
    {
        if (_remaining == 0 && !_isCloned && ReadDescriptor(stackalloc byte[1]) != 0)
        {
            throw Longer();
        }

        _descriptor = -1;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_remaining == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        var length = ReadDescriptor(_remaining < buffer.Length ? buffer[..(int)_remaining] : buffer);
        if (length == 0)
        {
            throw Shorter();
        }

        _remaining -= length;
        return length;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Has another, empty file share the blocks of this one; false where the file systems can't.</summary>
    public bool TryClone(int target)
    {
        if (_remaining != _size || LibC.Control(target, LibC.CloneFile, _descriptor) != 0)
        {
            return false;
        }

        // A clone is as long as the file is now, and leaves it standing at its start.
        _remaining = 0;
        _isCloned = true;
        if (LibC.StatX(target, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status) != 0)
        {
            throw FileErrors.Reading(describe(), Marshal.GetLastPInvokeError());
        }

        return status.Size == _size ? true : status.Size < _size ? throw Shorter() : throw Longer();
    }

    /// <summary>
    /// Has the kernel copy what is left into another file; false, with nothing or a part copied, where it cannot go on.
    /// </summary>
    public bool TryCopyInKernel(int target)
    {
        while (_remaining > 0)
        {
            var copied = LibC.CopyFileRange(_descriptor, target, (nint)Math.Min(_remaining, MaxCopy));
            if (copied <= 0)
            {
                return copied == 0 ? throw Shorter() : false;
            }

            _remaining -= copied;
        }

        return true;
    }

    private NixFileException Shorter() =>
        FileErrors.Changed(describe(), $"it is shorter than its {_size} bytes");

    private NixFileException Longer() =>
        FileErrors.Changed(describe(), $"it grew beyond its {_size} bytes");

    private int ReadDescriptor(Span<byte> buffer)
    {
        while (true)
        {
            var length = LibC.Read(_descriptor, buffer, buffer.Length);
            if (length >= 0)
            {
                return (int)length;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                throw FileErrors.Reading(describe(), errno);
            }
        }
    }
}
