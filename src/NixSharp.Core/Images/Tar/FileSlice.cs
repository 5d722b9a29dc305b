using Microsoft.Win32.SafeHandles;
using NixSharp.Files;

namespace NixSharp.Images.Tar;

/// <summary>A part of a file, read from its start to its end. Closing it leaves the file open.</summary>
internal sealed class FileSlice : ReadOnlyStream
{
    private readonly SafeFileHandle _file;
    private readonly long _end;
    private long _offset;

    public FileSlice(SafeFileHandle file, TarMember member)
    {
        _file = file;
        _offset = member.Offset;
        _end = member.Offset + member.Size;
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
}
