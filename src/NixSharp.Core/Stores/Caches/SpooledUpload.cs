using Microsoft.Win32.SafeHandles;
using NixSharp.Files;

namespace NixSharp.Stores.Caches;

/// <summary>
/// A file on its way to a server, which has to know its name before the first byte: kept in memory while it is small,
/// else in a temporary file that nobody else sees.
/// </summary>
/// <param name="send">Sends what was written under its name.</param>
internal sealed class SpooledUpload(Func<string, CacheFileType, SpooledUpload, ReadOnlyMemory<byte>, CancellationToken, Task> send) : CacheUpload
{
    private const int MaxInMemory = 256 * 1024;

    private readonly MemoryStream _memory = new();
    private SafeFileHandle? _file;
    private long _size;

    /// <summary>The bytes written so far.</summary>
    public long Size => _size;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_file is null && _size + buffer.Length <= MaxInMemory)
        {
            _memory.Write(buffer);
            _size += buffer.Length;
            return;
        }

        try
        {
            if (_file is null)
            {
                var temporary = Path.Combine(Path.GetTempPath(), $"nixsharp-{Guid.NewGuid():N}");
                _file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
                RandomAccess.Write(_file, _memory.GetBuffer().AsSpan(0, (int)_size), 0);
                _memory.SetLength(0);
                _memory.Capacity = 0;
            }

            RandomAccess.Write(_file, buffer, _size);
            _size += buffer.Length;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(Path.GetTempPath(), error);
        }
    }

    /// <summary>Reads a part of what was written. Several parts may be read at once.</summary>
    public Stream Open(long offset, long count) => _file is null
        ? new MemoryStream(_memory.GetBuffer(), (int)offset, (int)count, writable: false)
        : new FileSlice(_file, offset, count);

    public override Task CommitAsync(string name, CacheFileType type, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken) =>
        send(name, type, this, sha256, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file?.Dispose();
            _memory.Dispose();
        }

        base.Dispose(disposing);
    }
}
