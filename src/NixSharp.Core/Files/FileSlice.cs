using Microsoft.Win32.SafeHandles;

namespace NixSharp.Files;

/// <summary>A part of a file, read from its start to its end. Closing it leaves the file open.</summary>
internal sealed class FileSlice : ReadOnlyStream
{
    private readonly SafeFileHandle _file;
    private readonly long _end;
    private long _offset;

    public FileSlice(SafeFileHandle file, long offset, long size)
    {
        _file = file;
        _offset = offset;
        _end = offset + size;
    }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(_file, buffer[..(int)Math.Min(buffer.Length, _end - _offset)], _offset);
        _offset += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await RandomAccess.ReadAsync(_file, buffer[..(int)Math.Min(buffer.Length, _end - _offset)], _offset, cancellationToken).ConfigureAwait(false);
        _offset += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}
